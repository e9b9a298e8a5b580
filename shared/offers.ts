/** What jobs ask of machines, and what is to be had for them. Data only. */

export type Arch = 'amd64' | 'arm64';
export type CapacityType = 'spot' | 'on-demand';

/** What a job's labels ask of an instance. */
export interface Requirements {
  readonly arch: Arch;
  /** Exactly these cores when min equals max; the cheapest by the core within a range; max null: the cheapest of all with so many. */
  readonly cpu: { readonly min: number; readonly max: number | null };
  /** `perCore`: at least so much for each core that the machine has. */
  readonly memoryGiB: { readonly min: number; readonly max: number | null; readonly perCore?: number };
  readonly capacityType: CapacityType;
  /** Family (`ecs.c8y`) or exact type (`ecs.c8y.2xlarge`); null: any. */
  readonly type: string | null;
  readonly diskGiB: number;
  /** A key of `images:` in the configuration. */
  readonly image: string;
  readonly profile: string | null;
  readonly docker: boolean;
  readonly sudo: boolean;
  readonly lifetimeMs: number;
}

/** What prices are in, and what a disk costs beside them. Both absent in rows and entries of earlier releases. */
export interface DiskPriced {
  /** Null: no price was known. */
  readonly currency?: string | null;
  /** Of a GiB and hour; null: not known. */
  readonly diskPerGiBHour?: number | null | undefined;
}

/** placement × zone × type × spot or on-demand, with what it costs. Prices an hour, in `currency`. */
export interface Offering extends DiskPriced {
  /** index into `placements:` of the configuration */
  readonly placement: number;
  readonly region: string;
  /** full id, such as cn-hangzhou-k */
  readonly zone: string;
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  readonly arch: Arch;
  readonly cpu: number;
  readonly memoryGiB: number;
  /** Null: no market price is known. */
  readonly pricePerHour: number | null;
  readonly onDemandPricePerHour: number | null;
}

/** An offering placed in order for one job. */
export interface Candidate extends Offering {
  /** Three decimals; null: at market price (SpotAsPriceGo), or on demand. */
  readonly priceLimit: number | null;
  /** What it may cost at most, so high as its limit may be raised; null or absent: it has no limit. */
  readonly priceMax?: number | null;
  /** The market was above its limit, and it is asked for once more with a higher one. */
  readonly isRaised?: true;
  readonly expectedCostPerHour: number | null;
  /** lower-case clause that completes "here because …" */
  readonly because: string;
}
