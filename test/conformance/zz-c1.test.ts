import { vi } from 'vitest'
vi.mock('../support/vectors/read.js', async (original) => {
  const real = await original<typeof import('../support/vectors/read.js')>()
  const { vectorFiles } = await import('../support/vectors/all.js')
  const made = vectorFiles()
  return { ...real, readVectorFiles: () => [...made, ...real.readVectorFiles().filter(({ stage }) => stage === 'foreign')] }
})
await import('./knock-outs.test.js')
