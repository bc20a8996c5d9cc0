import { type Document, isMap, parseDocument, type ToStringOptions } from 'yaml';
import { annotation, type DeployedImage, type OverlaySource, readOverlay } from './overlay.ts';

export interface OverlayChange {
  readonly repository: string;
  readonly deployed: DeployedImage;
}

/**
 * The overlay's text with another image pinned. Comments, order and layout stay; the number of pods stays unless nothing ran before.
 * Pure: the same text and change give the same bytes.
 * @throws UserError overlay-invalid
 */
export function pinImage(source: OverlaySource, change: OverlayChange): string {
  const state = readOverlay(source);
  return editDocument(source.text, (document) => {
    document.setIn(['images', 0, 'newName'], change.repository);
    document.setIn(['images', 0, 'digest'], change.deployed.imageDigest);
    if (state.replicas === 0) document.setIn(['replicas', 0, 'count'], state.startReplicas);
    document.setIn(['commonAnnotations', annotation.modelVersion], change.deployed.modelVersion);
    document.setIn(['commonAnnotations', annotation.modelDigest], change.deployed.modelDigest);
    document.setIn(['commonAnnotations', annotation.imageDigest], change.deployed.imageDigest);
  });
}

/**
 * The overlay's text with nothing deployed: no digest, no pods.
 * @throws UserError overlay-invalid
 */
export function unpinImage(source: OverlaySource): string {
  readOverlay(source);
  return editDocument(source.text, (document) => {
    document.deleteIn(['images', 0, 'digest']);
    document.setIn(['replicas', 0, 'count'], 0);
    for (const key of [annotation.modelVersion, annotation.modelDigest, annotation.imageDigest]) {
      if (document.hasIn(['commonAnnotations', key])) document.deleteIn(['commonAnnotations', key]);
    }
    const annotations = document.get('commonAnnotations');
    if (isMap(annotations) && annotations.items.length === 0) document.delete('commonAnnotations');
  });
}

function editDocument(text: string, edit: (document: Document) => void): string {
  const document = parseDocument(text);
  const layout = layoutOf(document, text);
  edit(document);
  return document.toString(layout);
}

/** The printing options that reproduce the text as it is, so that an edit touches only its own lines. */
function layoutOf(document: Document, text: string): ToStringOptions {
  const layouts = [true, false].flatMap((indentSeq) => [2, 4].map((indent): ToStringOptions => ({ indentSeq, indent, lineWidth: 0, flowCollectionPadding: true })));
  const tight = layouts.map((layout) => ({ ...layout, flowCollectionPadding: false }));
  return [...layouts, ...tight].find((layout) => document.toString(layout) === text) ?? { lineWidth: 0 };
}
