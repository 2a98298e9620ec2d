import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.CHAT_SERVER ?? 'http://localhost:5080';

export default defineConfig({
  plugins: [react()],
  server: {
    port: 5173,
    proxy: {
      '/api': server,
      '/openapi': server,
      '/hub': { target: server, ws: true },
    },
  },
  build: {
    outDir: 'dist',
    sourcemap: true,
  },
  test: {
    environment: 'node',
    include: ['tests/**/*.test.{ts,tsx}'],
    reporters: ['default'],
  },
});
