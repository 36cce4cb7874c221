// How much room AWS's quotas leave, as a table: the tightest first, with what to do where it is short. Pure.
import { code, folded, plural, type Section, table } from './markdown.ts';
import { type EnvironmentPlan, type Headroom, type Level, levelOf, tenantDiffers } from './types.ts';

export const isTight = (one: Headroom): boolean => levelOf(one) !== 'enough';

const signs: Readonly<Record<Level, string>> = {
  enough: '',
  tight: '⚠️ tight: ',
  full: '❌ full: ',
  over: '❌ too many: ',
};

/** Open where something changes or gets tight. */
export const roomTable = ({ headroom: all, tenants }: EnvironmentPlan): readonly Section[] => {
  if (!all.length) return [];
  const least = Math.min(...all.map(({ room }) => room));
  const rows = all
    .toSorted(byShare)
    .map((one) => [
      `${one.quota} of ${code(one.of)}`,
      `${number(one.now)}${one.after === one.now ? '' : ` → **${number(one.after)}**`}`,
      `${number(one.limit)}${one.unit ? ` ${one.unit}` : ''}`,
      shareOf(one),
      roomOf(one),
    ]);
  const body = table(['quota', 'used', 'limit', '', 'room for'], rows);
  if (all.some(isTight)) return [{ ...body, head: `### ⚠️ Room is getting short\n\n${body.head}` }];
  const title = `AWS's quotas have room for ${plural(least, 'more tenant')}`;
  return tenants.some(tenantDiffers)
    ? [{ ...body, head: `### ${title}\n\n${body.head}` }]
    : [folded(title, body)];
};

const byShare = (one: Headroom, other: Headroom): number => other.after / other.limit - one.after / one.limit;

const shareOf = ({ after, limit }: Headroom): string => {
  const percent = (after / limit) * 100;
  return percent > 0 && percent < 1
    ? 'under 1 %'
    : `${percent > 100 ? Math.ceil(percent) : Math.floor(percent)} %`;
};

const number = (value: number): string => value.toLocaleString('en');

const roomOf = (one: Headroom): string => {
  const level = levelOf(one);
  const room = level === 'over' ? '' : plural(one.room, 'more tenant');
  return level === 'enough'
    ? room
    : [`${signs[level]}${room || `${number(one.after - one.limit)} over`}`, one.remedy].join('. ');
};
