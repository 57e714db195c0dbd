/** The one entry of every page: styles, then each island that the page asks for, loaded when it is there. */
import './styles/main.css';
import { mount, type Component } from 'svelte';
import { bindActs } from './lib/acts';
import { bindMenus } from './lib/menus';
import { bindPresses } from './lib/presses';

type Props = Record<string, unknown>;
type Loader = () => Promise<{ default: Component<never> }>;

const ISLANDS: Record<string, Loader> = {
  'clip-progress': () => import('./islands/ClipProgress.svelte'),
  coding: () => import('./islands/coding/CodingRoom.svelte'),
  consensus: () => import('./islands/consensus/ConsensusRoom.svelte'),
  keys: () => import('./islands/keys/KeysPage.svelte'),
  parent: () => import('./islands/parent/ParentIsland.svelte'),
  reel: () => import('./islands/reel/ReelIsland.svelte'),
  review: () => import('./islands/review/Review.svelte'),
  'screening-keys': () => import('./islands/screening/ScreeningKeys.svelte'),
  session: () => import('./islands/session/SessionIsland.svelte'),
  'shared-film': () => import('./islands/supervision/SharedFilm.svelte'),
  sheet: () => import('./islands/sheet/SheetIsland.svelte'),
  together: () => import('./islands/story/TogetherIsland.svelte'),
  tour: () => import('./islands/tour/TourOn.svelte'),
  upload: () => import('./islands/upload/UploadIsland.svelte'),
};

function readProps(target: HTMLElement): Props {
  const text = target.dataset['props'];
  return text ? (JSON.parse(text) as Props) : {};
}

async function mountIsland(target: HTMLElement): Promise<void> {
  const load = ISLANDS[target.dataset['island'] ?? ''];
  if (!load) return;
  const island = (await load()).default as unknown as Component<Props>;
  target.replaceChildren();
  mount(island, { target, props: readProps(target) });
  target.dataset['mounted'] = 'true';
}

/** Another tab of this browser handed over to a parent, or signed out: what is on show here is asked for again. */
const TABS = new BroadcastChannel('vfeed');
const CLOSED = ['/parent/', '/sign-in'].some((start) => location.pathname.startsWith(start));
if (CLOSED) TABS.postMessage('closed');
else TABS.addEventListener('message', () => location.reload());

bindPresses();
bindActs();
bindMenus();
if (document.querySelector('[data-waits]')) void import('./lib/waits').then(({ bindWaits }) => bindWaits());
if (document.querySelector('[data-folder]')) void import('./lib/looks').then(({ bindFolders }) => bindFolders());
if (document.querySelector('[data-looks]')) void import('./lib/looks').then(({ bindLooks }) => bindLooks());
if (document.querySelector('[data-passkey-new], [data-passkey-sign-in]'))
  void import('./lib/passkeys').then(({ bindPasskeys }) => bindPasskeys());
addEventListener('focusin', () => void import('./lib/limits').then(({ bindLimits }) => bindLimits()), { once: true });
for (const target of document.querySelectorAll<HTMLElement>('[data-island]')) void mountIsland(target);
