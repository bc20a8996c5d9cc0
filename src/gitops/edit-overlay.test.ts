import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emptyOverlay, overlayFile } from '../../test/fixtures/overlay.ts';
import { digestOf } from '../artifacts/digest.ts';
import { pinImage, unpinImage } from './edit-overlay.ts';
import { readOverlay } from './overlay.ts';

const source = (text: string) => ({ path: overlayFile, text, image: 'delay-ml' });
const change = (name: string) => ({ repository: 'localhost/delay-ml', deployed: { imageDigest: digestOf(name), modelVersion: 'v1', modelDigest: digestOf(`model ${name}`) } });

describe('the edit of an overlay', () => {
  it('keeps every line that it does not change, comments included', () => {
    const edited = pinImage(source(emptyOverlay), change('a'));
    const lines = new Set(edited.split('\n'));
    const lost = emptyOverlay.split('\n').filter((line) => !lines.has(line));
    expect(lost).toEqual(['    count: 0']);
    expect(readOverlay(source(edited))).toMatchObject({ deployed: change('a').deployed, replicas: 2, repository: 'localhost/delay-ml' });
  });

  it('takes back exactly what a deployment added', () => {
    expect(unpinImage(source(pinImage(source(emptyOverlay), change('a'))))).toBe(emptyOverlay);
  });

  it('changes nothing the second time', () => {
    const once = pinImage(source(emptyOverlay), change('a'));
    expect(pinImage(source(once), change('a'))).toBe(once);
  });

  it('keeps the number of pods that a person chose', () => {
    const scaled = pinImage(source(emptyOverlay), change('a')).replace('count: 2', 'count: 5');
    expect(readOverlay(source(pinImage(source(scaled), change('b')))).replicas).toBe(5);
  });

  it('keeps another layout: indentation, quotes, flow style and blank lines', () => {
    const flow = "# mine\nkind: Kustomization\nmetadata: { name: x, annotations: { taxiway.dev/replicas: '3' } }\n\nimages:\n- name: delay-ml\n  newName: \"r/delay-ml\" # here\n\nreplicas:\n- name: delay-ml\n  count: 0\n";
    const edited = pinImage(source(flow), { ...change('a'), repository: 'r/delay-ml' });
    expect(unpinImage(source(edited))).toBe(flow);
    expect(edited).toContain('newName: "r/delay-ml" # here\n  digest: sha256:');
  });

  it('refuses an overlay that contradicts itself', () => {
    const edited = pinImage(source(emptyOverlay), change('a')).replace(`digest: ${digestOf('a')}`, `digest: ${digestOf('b')}`);
    expect(() => readOverlay(source(edited))).toThrow(/must equal commonAnnotations/);
  });

  it.each(['local', 'staging', 'production'])('understands the overlay of %s as shipped: nothing deployed', (name) => {
    const text = readFileSync(new URL(`../../deploy/kustomize/overlays/${name}/kustomization.yaml`, import.meta.url), 'utf8');
    expect(readOverlay(source(text))).toMatchObject({ deployed: undefined, replicas: 0 });
  });
});
