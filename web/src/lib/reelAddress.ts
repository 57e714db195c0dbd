/** The page where a film is made, with the moments that are already chosen. */
const PARAMETER = 'moments';

export function reelAddress(pageUrl: string, momentIds: string[]): string {
  if (momentIds.length === 0) return pageUrl;
  const query = new URLSearchParams({ [PARAMETER]: momentIds.join(',') });
  return `${pageUrl}${pageUrl.includes('?') ? '&' : '?'}${query}`;
}

export function chosenIn(search: string): string[] {
  return (new URLSearchParams(search).get(PARAMETER) ?? '').split(',').filter(Boolean);
}

/** The saved film that is to be changed; null for a new one. */
export function reelIn(search: string): string | null {
  return new URLSearchParams(search).get('reel') || null;
}
