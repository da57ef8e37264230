/** All profiles by id, loaded on first use: for the command, and for the matrix of what keeps them apart. */
import type { Profile } from '../binding/profile.js'

type Load = () => Promise<unknown>

const profiles: Readonly<Record<string, Load>> = {
  '2cvm-agent/1': async () => (await import('./2cvm-agent.js')).twoCvmAgent,
  '2cvm-direct/1': async () => (await import('./2cvm-direct.js')).twoCvmDirect,
  'azure-hcl/1': async () => (await import('./azure-hcl.js')).azureHcl,
  'azure-hcl-report/1': async () => (await import('./azure-hcl.js')).azureHclReport,
  'manifest/1': async () => (await import('./manifest.js')).manifestDigest,
  'manifest-sha384/1': async () => (await import('./manifest.js')).manifestDigest384,
  'manifest-sha512/1': async () => (await import('./manifest.js')).manifestDigest512,
  'manifest-nonce/1': async () => (await import('./manifest.js')).manifestNonce,
  'manifest-host/1': async () => (await import('./manifest.js')).manifestHost,
}

/** The ids of all profiles. */
export const profileIds: readonly string[] = Object.keys(profiles)

/** The profile of an id; `null` if there is none. Its inputs are checked when it is used, not by types. */
export async function profileNamed(id: string): Promise<Profile | null> {
  const load = Object.hasOwn(profiles, id) ? profiles[id] : undefined
  return load === undefined ? null : ((await load()) as Profile)
}
