import { imageRegistryContract } from '../../../test/contract/image-registry.ts';
import { MemoryImageRegistry } from './memory.ts';

imageRegistryContract('memory', { open: async () => new MemoryImageRegistry(), close: async () => undefined });
