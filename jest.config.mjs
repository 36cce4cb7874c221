export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // A whole cloud's life takes seconds on a busy machine; Jest's own 5 would fail what is only slow.
  testTimeout: 60_000,
  // Most tests wait for processes and clocks: a worker for every core, not for all but one.
  maxWorkers: '100%',
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
