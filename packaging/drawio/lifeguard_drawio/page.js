// SPDX-License-Identifier: GPL-3.0-or-later
// Runs in export3.html of the diagrams.net application, whose render() it calls for each of options.pages. Leaves the rendered
// pages in the document and returns
//   pages: size in pixels, whether the page is empty, the size of its largest letters, and
//     the boxes of its shapes, as [x, y, width, height, label]
//   shapes: names of shapes and of ends of lines that the application does not know
//   svg: the SVG, for the format svg
//   links: the pictures in that SVG that are not part of it yet
(async function (options) {
  const isPdf = options.format === 'pdf';
  const unknownShapes = new Set();
  const createMarker = mxMarker.createMarker;
  mxMarker.createMarker = function (canvas, shape, type) {
    const marker = createMarker.apply(this, arguments);
    if (!marker && type && type !== 'none' && type !== 'baseDash') unknownShapes.add(type);
    return marker;
  };

  // Draws a page and returns its graph.
  async function draw(pageIndex) {
    // With 'pdf', the application would lay out the drawing on sheets of paper; with 'svg', the page has the size of the
    // drawing.
    const graph = render({
      xml: options.xml, format: isPdf ? 'svg' : options.format, from: pageIndex, border: options.border,
      scale: isPdf ? options.scale : 1, bg: options.transparent ? 'none' : '', w: 0, h: 0
    });
    // Images, fonts and formulas are loaded asynchronously; the application adds this element when they are complete.
    while (!document.getElementById('LoadingComplete')) await new Promise(resolve => setTimeout(resolve, 5));
    return graph;
  }

  // Adds the names of unknown shapes in a style. Such a shape is drawn as a rectangle or a line.
  function findUnknownShapes(style) {
    for (const [key, value] of Object.entries(style)) {
      const isName = key === 'shape' ? !value.startsWith('stencil(') : typeof value === 'string' && value.startsWith('mxgraph.');
      if (isName && !mxCellRenderer.defaultShapes[value] && !mxStencilRegistry.getStencil(value)) unknownShapes.add(value);
    }
  }

  function plainText(value) {
    const element = document.createElement('template');
    element.innerHTML = value;
    return element.content.textContent.trim().slice(0, 60);
  }

  // Returns the size of the largest letters of a page in pixels; 0 if there are none.
  function largestLetters(graph) {
    let largest = 0;
    for (const element of graph.container.querySelectorAll('foreignObject div, foreignObject div *, text')) {
      const hasText = Array.from(element.childNodes).some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
      if (hasText) largest = Math.max(largest, parseFloat(getComputedStyle(element).fontSize) || 0);
    }
    return largest;
  }

  // Returns the description of a rendered page.
  function describe(graph) {
    let shapes = 0;
    const boxes = [];
    graph.view.states.visit((key, state) => {
      const isDrawn = (state.shape && state.shape.node && state.shape.node.firstChild) || (state.text && state.text.value);
      if (!isDrawn) return;
      shapes++;
      findUnknownShapes(state.style);
      const isContainer = graph.model.getChildCount(state.cell) > 0;
      const isConnected = state.visibleSourceState || state.visibleTargetState;
      const box = state.shape && state.shape.boundingBox || state;
      if (!isContainer && !isConnected && box.width >= 0)
        boxes.push([box.x, box.y, box.width, box.height, plainText(graph.getLabel(state.cell) || '')]);
    });
    // render() has extended the bounds of the graph on two sides: compute the bounds again.
    const bounds = graph.view.getBoundingBox(graph.view.getState(graph.model.getRoot())) || graph.view.getEmptyBounds();
    graph.view.setGraphBounds(bounds);
    // At least one pixel on each side, because half the width of a line at the edge lies outside the bounds.
    const border = Math.max(options.border, 1) * (isPdf ? options.scale : 1) + (graph.shadowVisible ? 7 : 0);
    return {
      isEmpty: shapes === 0 && !graph.backgroundImage, boxes, letters: largestLetters(graph),
      width: Math.ceil(bounds.x + bounds.width + border), height: Math.ceil(bounds.y + bounds.height + border)
    };
  }

  // Returns a URL that is not relative; "about:blank" for an invalid one.
  function absolute(url) {
    try {
      return new URL(url, document.baseURI).href;
    } catch {
      return 'about:blank';
    }
  }

  // Returns a name without its prefix: an XML reader looks up what HTML reads as a part of the name.
  function plainName(name) {
    return name.toLowerCase().split(':').pop();
  }

  // Returns whether a link runs a script. Browsers ignore white space and control characters in its scheme.
  function runsScript(link) {
    return /^(javascript|vbscript):/i.test(link.replace(/[\u0000-\u0020]/g, ''));
  }

  // Removes from an SVG what other viewers would execute or fetch. Returns the URLs of pictures that are not part of it.
  function clean(svg) {
    const links = new Set();
    const references = ['style', 'fill', 'stroke', 'filter', 'mask', 'clip-path', 'cursor', 'marker-start', 'marker-mid', 'marker-end'];
    for (const element of Array.from(svg.getElementsByTagName('*'))) {
      const name = plainName(element.localName);
      if (['script', 'iframe', 'object', 'embed', 'link', 'base', 'meta', 'form', 'video', 'audio'].includes(name)) {
        element.remove();
        continue;
      }
      for (const attribute of Array.from(element.attributes)) {
        const key = plainName(attribute.localName);
        const isLink = ['href', 'src', 'poster', 'data', 'background', 'action', 'formaction'].includes(key)
          && name !== 'a' && !/^(data:|#)/.test(attribute.value);
        if (key.startsWith('on') || key === 'srcset') {
          element.removeAttribute(attribute.name);
        } else if (isLink && ['image', 'img'].includes(name)) {
          const url = absolute(attribute.value);
          element.setAttribute(attribute.name, url);
          links.add(url);
        } else if (isLink || runsScript(attribute.value)) {
          element.removeAttribute(attribute.name);
        } else if (references.includes(key) && /url\(\s*["']?(?!["']?(data:|#))/i.test(attribute.value)) {
          element.setAttribute(attribute.name, attribute.value.replace(/url\(\s*(?!["']?(data:|#))[^)]*\)/gi, 'none'));
        }
      }
      if (name === 'style') element.textContent = element.textContent.replace(/@import[^;]*;?|url\(\s*(?!["']?(data:|#))[^)]*\)/gi, '');
    }
    return Array.from(links);
  }

  function makeSvg(graph) {
    const background = options.transparent || graph.background === mxConstants.NONE ? null : graph.background;
    graph.mathEnabled = document.querySelector('.MathJax_SVG') !== null;
    const svg = graph.getSvg(background, options.scale, options.border * options.scale, false, null, true, null, null, null);
    if (graph.shadowVisible) graph.addSvgShadow(svg);
    if (graph.mathEnabled) Editor.prototype.addMathCss(svg);
    const links = clean(svg);
    if (options.embed) svg.setAttribute('content', options.xml);
    return { svg: mxUtils.getXml(svg), links };
  }

  const pages = [];
  const drawn = [];
  let result = {};
  for (const index of options.pages) {
    const graph = await draw(index);
    const page = describe(graph);
    pages.push(page);
    if (page.isEmpty) continue;
    if (options.format === 'svg') result = makeSvg(graph);
    drawn.push([page, graph.container, document.body.style.backgroundColor]);
  }
  if (isPdf && drawn.length) {
    // Each drawing on a sheet of its own size.
    document.body.textContent = '';
    // MathJax adds elements to the page at any time. Chromium would print everything smaller to make room for them.
    let css = 'html, body { margin: 0; } body > :not(.sheet) { position: fixed !important; width: 0 !important; height: 0 !important;'
      + ' overflow: hidden !important; visibility: hidden !important; }';
    drawn.forEach(([page, container, background], index) => {
      const size = `width: ${page.width}px; height: ${page.height}px`;
      css += `@page sheet${index} { size: ${page.width}px ${page.height}px; margin: 0; }`
        + `#sheet${index} { page: sheet${index}; ${size}; position: relative; overflow: hidden; contain: strict; break-inside: avoid; background-color: ${background || 'white'}; }`
        + `#sheet${index} + .sheet { break-before: page; }`;
      const sheet = document.createElement('div');
      sheet.id = `sheet${index}`;
      sheet.className = 'sheet';
      sheet.appendChild(container);
      document.body.appendChild(sheet);
    });
    document.body.style.cssText = '';
    const style = document.createElement('style');
    style.textContent = css;
    document.head.appendChild(style);
  } else if (drawn.length) {
    document.body.style.width = drawn[0][0].width + 'px';
    document.body.style.height = drawn[0][0].height + 'px';
    document.body.style.overflow = 'hidden';
  }
  await new Promise(resolve => setTimeout(resolve, 0));
  return { pages, shapes: Array.from(unknownShapes).sort(), ...result };
})
