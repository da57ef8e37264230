/**
 * Who expires next: a binary heap that also lets go of items in its middle.
 *
 * Whoever fills a store decides how its entries expire. Looking through all of them on each call, to find the few that
 * did, would let a flood of requests for challenges cost the square of their number; here each costs its logarithm.
 */

/** Something with an end; `Infinity` for none. */
export interface Expiring {
  readonly expiresAt: number
}

export interface ExpiryQueue<Item extends Expiring> {
  /** Adds an item that is not in the queue. */
  readonly add: (item: Item) => void
  /** Removes an item, if it is there. */
  readonly remove: (item: Item) => void
  /** An item that expires no later than any other; `undefined` if there is none. */
  readonly first: () => Item | undefined
}

export function createExpiryQueue<Item extends Expiring>(): ExpiryQueue<Item> {
  // The children of place p are at 2p + 1 and 2p + 2, and expire no earlier than it.
  const heap: Item[] = []
  const placeOf = new Map<Item, number>()

  const put = (item: Item, place: number): void => {
    heap[place] = item
    placeOf.set(item, place)
  }
  const earlierChild = (place: number): number => {
    const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]]
    return left !== undefined && right !== undefined && right.expiresAt < left.expiresAt
      ? 2 * place + 2
      : 2 * place + 1
  }
  /** Puts an item where the order holds, from a free place on: up past later parents, then down past earlier children. */
  const settle = (item: Item, free: number): void => {
    let place = free
    for (let above = heap[parentOf(place)]; place > 0; above = heap[parentOf(place)]) {
      if (above === undefined || above.expiresAt <= item.expiresAt) break
      put(above, place)
      place = parentOf(place)
    }
    for (let child = earlierChild(place); ; child = earlierChild(place)) {
      const below = heap[child]
      if (below === undefined || below.expiresAt >= item.expiresAt) break
      put(below, place)
      place = child
    }
    put(item, place)
  }

  return {
    add: (item) => {
      settle(item, heap.length)
    },
    remove: (item) => {
      const place = placeOf.get(item)
      if (place === undefined) return
      placeOf.delete(item)
      const last = heap.pop()
      if (last !== undefined && last !== item) settle(last, place)
    },
    first: () => heap[0],
  }
}

const parentOf = (place: number): number => Math.floor((place - 1) / 2)
