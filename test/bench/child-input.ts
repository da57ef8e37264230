/** What the processes of the cold start read. Bytes are hex. */
export interface ColdInput {
  readonly report: string
  readonly leaf: string
  readonly issuerSpki: string
  readonly tbs: string
  readonly leafSignature: string
  readonly point: string
  readonly reportSignature: string
  readonly reportData: string
  /** JSON text. */
  readonly policy: string
  readonly at: string
}
