/** Serverless Devs fills in `s.yaml` by itself, and other files where it is told to. */
exports.postInit = async ({ artTemplate }) => artTemplate('.setup.json');
