import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;

/** The Python with a benchmark's pinned peers; made on first use, made anew when the requirements change. */
export function peerPython(requirements = join(folder, 'requirements.txt'), name = 'venv'): string {
  const environment = join(folder, '.cache', name);
  const marker = join(environment, 'requirements.sha256');
  const python = join(environment, 'bin', 'python');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return python;
  console.log(`Installing the peers into bench/.cache/${name}; this happens once.`);
  execFileSync('python3', ['-m', 'venv', '--clear', environment], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], { stdio: 'inherit' });
  writeFileSync(marker, wanted);
  return python;
}
