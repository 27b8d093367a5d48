// SPDX-License-Identifier: GPL-3.0-or-later
// Runs in the application's export3.html, beside its render(). Answers what there is to take a picture of, or the SVG itself.
(async function (wish) {
  const isPdf = wish.format === 'pdf';
  // The application lays a PDF out on sheets of paper; as 'svg' it draws the same and leaves the size to the drawing.
  const graph = render({
    xml: wish.xml, format: isPdf ? 'svg' : wish.format, from: wish.pageIndex, border: wish.border,
    scale: isPdf ? wish.scale : 1, bg: wish.transparent ? 'none' : '', w: 0, h: 0
  });
  // Images, fonts and formulas come later; then the application leaves this mark.
  while (!document.getElementById('LoadingComplete')) await new Promise(resolve => setTimeout(resolve, 5));

  let shapes = 0;
  graph.view.states.visit((key, state) => {
    if ((state.shape && state.shape.node && state.shape.node.firstChild) || (state.text && state.text.value)) shapes++;
  });
  // render() has added border and more to the graph's own bounds, on two sides only: they are worked out anew.
  const bounds = graph.view.getBoundingBox(graph.view.getState(graph.model.getRoot())) || graph.view.getEmptyBounds();
  graph.view.setGraphBounds(bounds);
  if (shapes === 0 && !graph.backgroundImage) return { empty: true };

  if (wish.format === 'svg') {
    const background = wish.transparent || graph.background === mxConstants.NONE ? null : graph.background;
    graph.mathEnabled = document.querySelector('.MathJax_SVG') !== null;
    const svg = graph.getSvg(background, wish.scale, wish.border * wish.scale, false, null, true, null, null, null);
    if (graph.shadowVisible) graph.addSvgShadow(svg);
    if (graph.mathEnabled) Editor.prototype.addMathCss(svg);
    // A picture of the application's own is a file of this machine: it goes into the SVG, or nobody else would see it.
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
    if (wish.embed) svg.setAttribute('content', wish.xml);
    return { svg: mxUtils.getXml(svg) };
  }

  // At least one pixel on each side: a line on the very edge would be cut in half.
  const border = Math.max(wish.border, 1) * (isPdf ? wish.scale : 1) + (graph.shadowVisible ? 7 : 0);
  const width = Math.ceil(bounds.x + bounds.width + border);
  const height = Math.ceil(bounds.y + bounds.height + border);
  document.body.style.width = width + 'px';
  document.body.style.height = height + 'px';
  document.body.style.overflow = 'hidden';
  await new Promise(resolve => setTimeout(resolve, 0));
  return { width, height };
})
