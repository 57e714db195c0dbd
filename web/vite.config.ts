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
    rolldownOptions: {
      input: 'src/main.ts',
      // Small parts that several islands need are two files: each by itself would be packed worse and asked for apart.
      output: {
        codeSplitting: {
          groups: [
            { name: 'shared', test: /src\/(lib\/(api|chord|ids|jobs\.svelte|journal|time|wave|words|Icon|seal|player\.svelte|frames)|messages\/en)\.?/ },
            { name: 'room', test: /src\/(islands\/(keys\/(keymap\.svelte|layouts)|review\/(candidates|cards|actWords|chain|codeKeys|commands|CommandButton|finding|kinds|Pages|viewport))|messages\/play|lib\/(SpanFields|actDisk|memoryDisk|disk))/ },
          ],
        },
      },
    },
  },
  test: {
    projects: [
      { extends: true, test: { name: 'logic', include: ['tests/*.test.ts'], environment: 'node' } },
      // Components are mounted as in a browser, without one.
      {
        extends: true,
        resolve: { conditions: ['browser'] },
        test: { name: 'components', include: ['tests/components/*.test.ts'], environment: 'happy-dom' },
      },
    ],
  },
});
