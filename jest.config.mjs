export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // A whole cloud's life takes seconds on a busy machine; Jest's own 5 would fail what is only slow.
  testTimeout: 60_000,
  globalSetup: '<rootDir>/test/setup/tools.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
