/** Seeds that once found a bug, and which. They run on every commit; plans change with the drawing, so they are hints. */
export const REGRESSIONS: readonly (readonly [seed: number, found: string])[] = [
  [
    14,
    'a job that was dropped with its repository, and found again, asked for a machine with the token of an earlier one',
  ],
  [29, 'a market without anything for sale hid the catalogue'],
  [35, 'the same, with the jobs of a matrix'],
  [
    166,
    'a runner of a job that the sweep had found was taken by one of the repository’s new name: a false security alert',
  ],
  [228, 'a runner whose job nobody named was busy until its lifetime'],
  [235, 'a wrong 422 on an abandoned launch took a slot for ever'],
  [317, 'a job was launched for while its own launch was under way'],
  [373, 'the name of a runner that was to wait, and was given up, served another within the minute'],
  [
    477,
    'jobs dropped with a repository that was gone for a moment were not seen again in a run that changed all the time',
  ],
  [619, 'a job of elsewhere on our runner, whose end was lost, stayed in the ledger'],
  [2244, 'a launch under way was given to another job, which was launched for at the same moment'],
  [30314, 'a job that waited for its repository’s own limit was told of as if nobody knew why'],
  [
    30595,
    'a stopped machine that was started, and busy before a list showed it running, was taken for stopped and deleted',
  ],
  [7950, 'no bug of the product: a chain that was run again had too little time'],
  [
    30328,
    'a runner of a transferred repository was asked for at its first owner alone: a launch there kept its slot',
  ],
  [
    30380,
    'a running job was dropped with its transferred repository: its end by the new name was a false security alert',
  ],
  [
    30573,
    'all calls of an organisation had the installation of another, to which one of its repositories was transferred',
  ],
  [30578, 'the same: what was there counted as absent, and a launch could not be looked for'],
  [
    60289,
    'an event of a transferred repository named the installation of its first owner, and all calls of the new one had it',
  ],
  [
    71193,
    'the end of a job of a transferred repository, as GitHub’s record told it, had no id of that repository: a false security alert',
  ],
  [
    60514,
    'GitHub’s answer to the making of a check could not be read, and one list of the commit lacked it: a second one was made',
  ],
  [60895, 'the same, in another order of faults'],
  [61277, 'a backlog that used all slots again and again was told of as if slots were free'],
  [200726, 'the end of an alert had no answer: the sweep kept its lease, and for six minutes there was none'],
  [
    206577,
    'jobs that were cancelled, and whose end no delivery told, had machines for an hour: nobody asked before a launch',
  ],
  [201777, 'the same, and deliveries that came hours late, for jobs that were over'],
  [60234, 'where one empty answer called a whole pool gone, it was made anew at once, beside itself'],
  [
    206018,
    'no bug of the product: machines that failed jobs kept for debugging held all slots, and the bound forgot them',
  ],
  [
    206023,
    'no bug of the product: a job of four hours, interrupted before the end of all faults, was run again after it',
  ],
  [
    206250,
    'a repository renamed before a sweep had seen a job of it: the jobs of its new name were false security alerts, and their runs cancelled',
  ],
  [
    210217,
    'no bug of the product: of a matrix that was never seen four are launched for first, and the rest waits a boot longer',
  ],
  [
    220739,
    'a job of a transferred repository was found by its new name and launched for beside a launch of the old one, which was under way',
  ],
  [
    230364,
    'no bug of the product: a dear job waited for the machine of an older one, which came a moment after the last had gone',
  ],
  [231338, 'a held job got a warm runner, and was let go for a machine of its own in the same sweep'],
  [300175, 'a job whose repository went where the App is not left a row of history without an end'],
  [400165, 'no bug of the product: a job of hours was interrupted twice, and run a third time'],
  [
    400748,
    'the first look at the stock made a market without prices, and a job was launched on what was in stock at any price',
  ],
  [
    400951,
    'no bug of the product: a job that was given up while GitHub did not show its repository is launched for when it does',
  ],
  [
    605306,
    'a job of a repository that went where the App is not was launched for in each sweep, so that no look could end it',
  ],
  [
    606253,
    'no bug of the product: where jobs are on a host of their own, the simulation asked github.com for the newest runner',
  ],
  [
    608009,
    'no bug of the product: an entry that a launcher had claimed meanwhile was not removed, and counted as removed',
  ],
  [720620, 'a pool that had fewer machines than it should made no room for a job that none of them fitted'],
];
