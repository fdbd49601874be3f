/** Many like marks as one element. */
import type * as Plot from '@observablehq/plot';

/**
 * Ten thousand elements would be too many for a page; one path with ten thousand shapes is not.
 * @param shape SVG path around a point, in relative commands
 */
export function onePath(
  points: readonly (readonly [x: number, y: number])[],
  shape: string,
  paint: string,
  className: string,
): Plot.RenderFunction {
  return (_index, scales, _values, _dimensions, context) => {
    const { x, y } = scales as { x: (value: number) => number; y: (value: number) => number };
    const path = context.document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute(
      'd',
      points.map(([px, py]) => `M${x(px).toFixed(1)} ${y(py).toFixed(1)}${shape}`).join(''),
    );
    path.setAttribute('style', paint);
    path.setAttribute('class', className);
    path.setAttribute('data-count', String(points.length));
    return path;
  };
}
