// Measuring side by side, on a machine that others use too: what is compared
// takes turns in short windows, each ratio is of neighbours in time, and the
// median of many is reported. A thread is measured by its own clock, which
// stands still while others have the core; what works on other threads as well
// (its `isAsync`), by the wall's.

const WINDOW = 8

export class Measure {
  #threadTime
  #rounds

  constructor(threadTime, isQuick) {
    this.#threadTime = threadTime
    this.#rounds = isQuick ? 9 : 101
  }

  #clock(subject) {
    return subject.isAsync ? performance.now() : this.#threadTime()
  }

  /** How long `calls` calls take, in milliseconds. */
  async #window(subject, calls) {
    const began = this.#clock(subject)
    const running = subject.run(calls)
    if (subject.isAsync) await running
    return this.#clock(subject) - began
  }

  async #calls(subject) {
    for (let calls = 16; ; calls *= 2) {
      const took = await this.#window(subject, calls)
      if (took >= WINDOW / 2) return Math.max(1, Math.round((calls * WINDOW) / took))
    }
  }

  /** Nanoseconds of each subject for each round, in the order given. */
  async compare(subjects) {
    const calls = []
    for (const subject of subjects) {
      await this.#calls(subject) // which lets it be compiled
      calls.push(await this.#calls(subject))
    }
    const all = subjects.map(() => [])
    for (let round = 0; round < this.#rounds; round++) {
      for (let turn = 0; turn < subjects.length; turn++) {
        // Who begins alternates, so that a drift favours nobody.
        const at = round % 2 ? subjects.length - 1 - turn : turn
        all[at].push(((await this.#window(subjects[at], calls[at])) / calls[at]) * 1e6)
      }
    }
    return all
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

/** The median of how often `b` fits in `a`, round by round. */
export const ratio = (a, b) => median(a.map((value, round) => value / b[round]))
