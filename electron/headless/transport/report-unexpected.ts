import { ORPCError } from '@orpc/server'

/** Told of an exception in a procedure, or of an output that breaks the contract: bugs, which the caller sees as INTERNAL_SERVER_ERROR only. */
export type Unexpected = (error: unknown) => void

/** Interceptor that reports bugs and lets expected refusals and bad input pass; nothing of a bug reaches the other side but its code. */
export function reportUnexpected(unexpected: Unexpected) {
  return async <T>({ next }: { next: () => Promise<T> }): Promise<T> => {
    try {
      return await next()
    } catch (error) {
      if (!(error instanceof ORPCError) || error.status >= 500) unexpected(error)
      throw error
    }
  }
}
