/** Version of what crosses a thread. Page and worker of different releases refuse each other. */
export const PROTOCOL_VERSION = 3
