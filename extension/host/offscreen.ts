import { messageLink } from '../wire/host-link.ts'
import { hostWorld } from './host-world.ts'
import { startHost } from './start-host.ts'

startHost(hostWorld(messageLink(), null))
