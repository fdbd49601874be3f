/** The boundary for proposed values: what JSON can't carry would come back from the log as something else. */
import { maxValueDepth } from '../limits.js';
import { refuseOption } from '../options.js';

/** @throws ElectorateError `invalidOption`, naming the part that is no JSON */
export function checkJson(value: unknown, path = 'value', depth = 0): void {
  if (depth > maxValueDepth) refuseOption(path, '…', `to be nested at most ${maxValueDepth} deep`);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value)) refuseOption(path, value, 'to be JSON, which has finite numbers only');
      return;
    case 'object':
      if (value !== null) checkParts(value, path, depth);
      return;
    default:
      refuseOption(path, value, 'to be JSON');
  }
}

function checkParts(value: object, path: string, depth: number): void {
  if (Array.isArray(value)) {
    // By index, since `forEach` would not see a hole.
    for (let index = 0; index < value.length; index += 1)
      checkJson(value[index], `${path}[${index}]`, depth + 1);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    refuseOption(path, value, 'to be plain JSON data');
  for (const [name, part] of Object.entries(value)) checkJson(part, `${path}.${name}`, depth + 1);
}
