// SPDX-License-Identifier: GPL-3.0-or-later
// Runs in export3.html of the diagrams.net application, whose render() it calls. Returns the size of the rendered drawing in
// pixels, or the SVG itself.
(async function (options) {
  const isPdf = options.format === 'pdf';
  // With 'pdf', the application would lay out the drawing on sheets of paper; with 'svg', the page has the size of the
  // drawing.
  const graph = render({
    xml: options.xml, format: isPdf ? 'svg' : options.format, from: options.pageIndex, border: options.border,
    scale: isPdf ? options.scale : 1, bg: options.transparent ? 'none' : '', w: 0, h: 0
  });
  // Images, fonts and formulas are loaded asynchronously; the application adds this element when they are complete.
  while (!document.getElementById('LoadingComplete')) await new Promise(resolve => setTimeout(resolve, 5));

  let shapes = 0;
  graph.view.states.visit((key, state) => {
    if ((state.shape && state.shape.node && state.shape.node.firstChild) || (state.text && state.text.value)) shapes++;
  });
  // render() has extended the bounds of the graph on two sides: compute the bounds again.
  const bounds = graph.view.getBoundingBox(graph.view.getState(graph.model.getRoot())) || graph.view.getEmptyBounds();
  graph.view.setGraphBounds(bounds);
  if (shapes === 0 && !graph.backgroundImage) return { empty: true };

  if (options.format === 'svg') {
    const background = options.transparent || graph.background === mxConstants.NONE ? null : graph.background;
    graph.mathEnabled = document.querySelector('.MathJax_SVG') !== null;
    const svg = graph.getSvg(background, options.scale, options.border * options.scale, false, null, true, null, null, null);
    if (graph.shadowVisible) graph.addSvgShadow(svg);
    if (graph.mathEnabled) Editor.prototype.addMathCss(svg);
    // Images that belong to the application are local files: embed them in the SVG, so that it can be viewed elsewhere.
    const load = url => new Promise(resolve => {
      const request = new XMLHttpRequest();
      request.open('GET', url);
      request.responseType = 'blob';
      request.onerror = () => resolve(null);
      request.onload = () => {
        const reader = new FileReader();
        const type = url.toLowerCase().endsWith('.svg') ? 'image/svg+xml' : request.response.type;
        reader.onload = () => resolve(reader.result);
        reader.readAsDataURL(new Blob([request.response], { type }));
      };
      request.send();
    });
    for (const [tag, name] of [['image', 'xlink:href'], ['image', 'href'], ['img', 'src']]) {
      for (const image of Array.from(svg.getElementsByTagName(tag))) {
        const url = image.getAttribute(name);
        if (!url || url.startsWith('data:')) continue;
        const content = await load(new URL(url, document.baseURI).href);
        if (content) image.setAttribute(name, content);
      }
    }
    if (options.embed) svg.setAttribute('content', options.xml);
    return { svg: mxUtils.getXml(svg) };
  }

  // At least one pixel on each side, because half the width of a line at the edge lies outside the bounds.
  const border = Math.max(options.border, 1) * (isPdf ? options.scale : 1) + (graph.shadowVisible ? 7 : 0);
  const width = Math.ceil(bounds.x + bounds.width + border);
  const height = Math.ceil(bounds.y + bounds.height + border);
  document.body.style.width = width + 'px';
  document.body.style.height = height + 'px';
  document.body.style.overflow = 'hidden';
  await new Promise(resolve => setTimeout(resolve, 0));
  return { width, height };
})
