/** Source of ids, as a port so that a simulation is reproducible. */
export interface Random {
  /** A new id, unique over all devices. */
  id(): string
}
