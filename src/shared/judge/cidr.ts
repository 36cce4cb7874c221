// How much of the internet a CIDR block lets in.

export type Openness =
  /** Private addresses only, or a small public block. */
  | 'narrow'
  /** A public block that is larger than a company has. */
  | 'wide'
  /** Everybody, or so much of the internet that it is no restriction. */
  | 'everybody';

type Block = { readonly bits: string; readonly version: 4 | 6 };

/** RFC 1918, carrier-grade NAT (RFC 6598), loopback and link-local; ULA and link-local of IPv6. */
const privateBlocks = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
];

/** Prefix lengths: shorter than the first is everybody, up to the second is wide. 2000::/3 is all of public IPv6. */
const limits = { 4: [8, 16], 6: [16, 31] } as const;

/** Undefined for what is no CIDR block. */
export const opennessOf = (cidr: string): Openness | undefined => {
  const block = blockOf(cidr);
  if (!block) return undefined;
  const isPrivate = privateBlocks.some((one) => {
    const outer = blockOf(one);
    return outer?.version === block.version && block.bits.startsWith(outer.bits);
  });
  if (isPrivate) return 'narrow';
  const [everybody, wide] = limits[block.version];
  if (block.bits.length < everybody) return 'everybody';
  return block.bits.length <= wide ? 'wide' : 'narrow';
};

/** The bits that a block's addresses have in common. */
const blockOf = (cidr: string): Block | undefined => {
  const [address = '', prefix = ''] = cidr.split('/');
  if (!/^\d{1,3}$/.test(prefix)) return undefined;
  const version = address.includes(':') ? 6 : 4;
  const all = version === 6 ? bitsOf6(address) : bitsOf4(address);
  if (all === undefined || Number(prefix) > all.length) return undefined;
  return { bits: all.slice(0, Number(prefix)), version };
};

const bitsOf4 = (address: string): string | undefined => {
  const parts = address.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    return undefined;
  return parts.map((part) => Number(part).toString(2).padStart(8, '0')).join('');
};

const bitsOf6 = (address: string): string | undefined => {
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...tail];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
};
