import dayjs from 'dayjs';

/** The next high water, twelve hours and 25 minutes later. */
export function nextHighWater(last: string): string {
  return dayjs(last).add(745, 'minute').toISOString();
}
