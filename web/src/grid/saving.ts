/** A chart as a file: it looks like the one on the page. */

export function saveSvg(svg: SVGElement, name: string): void {
  save(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }), `${name}.svg`);
}

/** Twice the size, for screens and slides. Whether the browser can do it. */
export async function savePng(svg: SVGElement, name: string): Promise<boolean> {
  const large = svg.cloneNode(true) as SVGElement;
  const [width, height] = (["width", "height"] as const).map((name) => Number(svg.getAttribute(name)) * 2) as [number, number];
  large.setAttribute("width", String(width));
  large.setAttribute("height", String(height));
  const source = new XMLSerializer().serializeToString(large);
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob) save(blob, `${name}.png`);
  return blob !== null;
}

function save(blob: Blob, name: string): void {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
