/** The bytes of PlainBuffer. Alibaba Cloud docs, Tablestore "PlainBuffer": everything is little-endian. */

export const HEADER = 0x75;

export const TAG = {
  rowKey: 0x01,
  rowData: 0x02,
  cell: 0x03,
  cellName: 0x04,
  cellValue: 0x05,
  cellOp: 0x06,
  cellTime: 0x07,
  deleteMarker: 0x08,
  rowChecksum: 0x09,
  cellChecksum: 0x0a,
} as const;

export const OP = { deleteAll: 0x01, deleteOne: 0x03, increment: 0x04 } as const;

export const VARIANT = {
  integer: 0x00,
  double: 0x01,
  boolean: 0x02,
  string: 0x03,
  null: 0x06,
  blob: 0x07,
  infMin: 0x09,
  infMax: 0x0a,
  autoIncrement: 0x0b,
} as const;
