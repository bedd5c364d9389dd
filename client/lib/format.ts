/** Dates, durations, sizes and money in the browser's own locale. */
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
export const HOURS_A_MONTH = 730;

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const dollars = moneyOf(2);
const cents = moneyOf(3);
const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 4 });

/** "3 minutes ago", "in 2 hours"; less than a minute is "now". */
export function timeAgo(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(0, "second");
}

export const exactTime = (iso: string) => exact.format(new Date(iso));

/** A date without a time, such as 2028-05-01, wherever the reader is. */
export const exactDay = (iso: string) => day.format(new Date(iso));

/** "0.4 s", "42 s", "3 min 05 s", "2 h 10 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, seconds);
  if (whole < 10) return `${(Math.round(whole * 10) / 10).toLocaleString(undefined, { minimumFractionDigits: 1 })} s`;
  if (whole < 60) return `${Math.round(whole)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(whole % 60)).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function moneyOf(maximumFractionDigits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(undefined, { style: "currency", currency: "USD", minimumFractionDigits: 2, maximumFractionDigits });
}

/** US dollars: Azure's list prices. Small amounts keep what distinguishes them. */
export function money(usd: number): string {
  return (usd !== 0 && usd < 1 ? cents : dollars).format(usd);
}

export function bytes(size: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, size)) / 3));
  return new Intl.NumberFormat(undefined, {
    style: "unit",
    unit: units[step],
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(size / 1000 ** step);
}

export const plain = (value: number) => number.format(value);
