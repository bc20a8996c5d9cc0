import { describe, expect, it } from 'vitest';
import type { ColumnProfile, RowsProfile } from '../data/profile-rows.ts';
import { renderProfilePage } from './html-profile.ts';

const hostile = '<img src=x onerror=alert(1)>"\'&';

const column: ColumnProfile = {
  summary: {
    name: hostile,
    type: 'VARCHAR',
    kind: 'text',
    rows: 4,
    missing: 1,
    notFinite: 0,
    distinct: 2,
    lengths: [1, 30],
    top: [
      { value: hostile, count: 2 },
      { value: '', count: 1 },
    ],
  },
  histogram: { bins: [{ kind: 'value', value: hostile, count: 2 }, { kind: 'value', value: '', count: 1 }] },
};

const page = (profile: RowsProfile): string => renderProfilePage({ title: hostile, lead: hostile, profile });

describe('renderProfilePage', () => {
  it('lets nothing from the rows become markup, and needs nothing from outside', () => {
    const html = page({ rows: 4, columns: [column] });
    expect(html).not.toContain('<img');
    expect(html).not.toMatch(/<script|<link|url\(|https?:\/\//);
    expect(html).toContain("default-src 'none'");
  });

  it('links every column of the overview to its card', () => {
    const html = page({ rows: 4, columns: [column] });
    const [, target = ''] = /href="#(column-[^"]+)"/.exec(html) ?? [];
    expect(html).toContain(`<article class="card column" id="${target}"`);
  });

  it('says the histogram in numbers too, and names each drawing', () => {
    const html = page({ rows: 4, columns: [column] });
    expect(html).toContain('The histogram as a table');
    expect(html).toMatch(/<svg [^>]*role="img" aria-label="[^"]+"/);
  });

  it('shows both sides and their PSI beside a reference, with a word and not by colour alone', () => {
    const compared: ColumnProfile = { ...column, histogram: { bins: [{ kind: 'value', value: 'a', count: 2, referenceCount: 1 }] }, reference: { summary: column.summary, psi: 0.31 } };
    const html = renderProfilePage({ title: 't', lead: 'l', profile: { rows: 4, columns: [compared], reference: { rows: 4, columns: 1 } }, sides: { rows: 'this week', reference: 'last week' } });
    expect(html).toContain('this week');
    expect(html).toContain('last week');
    expect(html).toContain('moved far, PSI 0.310');
  });
});
