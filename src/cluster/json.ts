/** The boundary for proposed values: what JSON can't carry would come back from the log as something else. */
import { maxValueDepth, maxValueParts } from '../limits.js';
import { refuseOption } from '../options.js';

/** @throws ElectorateError `invalidOption`, naming the part that is no JSON */
export function checkJson(value: unknown): void {
  checkPart(value, 'value', 0, { left: maxValueParts });
}

function checkPart(part: unknown, path: string, depth: number, parts: { left: number }): void {
  parts.left -= 1;
  if (parts.left < 0) refuseOption('value', '…', `to have at most ${maxValueParts} parts`);
  if (depth > maxValueDepth) refuseOption(path, '…', `to be nested at most ${maxValueDepth} deep`);
  switch (typeof part) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(part)) refuseOption(path, part, 'to be JSON, which has finite numbers only');
      return;
    case 'object':
      if (part !== null) checkChildren(part, path, depth + 1, parts);
      return;
    default:
      refuseOption(path, part, 'to be JSON');
  }
}

function checkChildren(part: object, path: string, depth: number, parts: { left: number }): void {
  if (Array.isArray(part)) {
    // By index, since `forEach` would not see a hole.
    for (let index = 0; index < part.length; index += 1)
      checkPart(part[index], `${path}[${index}]`, depth, parts);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(part);
  if (prototype !== null && prototype !== Object.prototype) refuseOption(path, part, 'to be plain JSON data');
  for (const [name, child] of Object.entries(part)) checkPart(child, `${path}.${name}`, depth, parts);
}
