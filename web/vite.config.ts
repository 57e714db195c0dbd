import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  base: '/static/dist/',
  build: {
    outDir: '../vfeed/server/static/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    // The Content-Security-Policy allows files from this origin only: no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    rolldownOptions: { input: 'src/main.ts' },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
