/** What is shown of one incident. */
import type { PageIncident } from './data.js';
import { factList, textElement } from './elements.js';

/** What the dialog of an incident shows. */
export function incidentContent({ sentence, facts }: PageIncident): Element[] {
  return [textElement('p', sentence, 'verdict'), factList(facts)];
}
