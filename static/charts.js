"use strict";
/* The drawing of a chart stands on the page already; whoever points at it gets plotly's in its
   place. Plotly itself is fetched only then. Nothing is shared with any cloud. */
(() => {
  const source = document.currentScript.dataset.plotly;
  const FONT =
    '"BIZ UDPGothic","BIZ UDPゴシック","Yu Gothic UI",Meiryo,' +
    '"Noto Sans CJK JP","Noto Sans JP",sans-serif';
  /* Colours come from the style sheet, under its names. */
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--dx-${name}`).trim();
  const words = {
    "Download plot as a PNG": "画像（PNG）で保存",
    "Download plot as a png": "画像（PNG）で保存",
    "Reset axes": "表示を戻す",
    Autoscale: "自動調整",
    Zoom: "拡大",
    Pan: "移動",
    "Zoom in": "拡大",
    "Zoom out": "縮小",
    Share: "",
    "Toggle Spike Lines": "補助線",
  };

  /* Plotly, fetched once, in Japanese, without any door to the outside. */
  const prepare = () => {
    window.Plotly.register({
      moduleType: "locale",
      name: "ja",
      dictionary: words,
      format: { months: [], shortMonths: [], days: [], shortDays: [], date: "%Y/%m/%d" },
    });
    window.Plotly.setPlotConfig({
      locale: "ja",
      showSendToCloud: false,
      plotlyServerURL: "",
      displaylogo: false,
      responsive: true,
      displayModeBar: false,
    });
  };
  let loading = null;
  const load = () => {
    loading ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => {
        prepare();
        done();
      };
      script.onerror = fail;
      document.head.append(script);
    });
    return loading;
  };

  /* What all charts share; what a figure says itself wins. */
  const axis = (given) => ({
    fixedrange: true,
    zeroline: false,
    showline: true,
    linecolor: colour("ink-3"),
    gridcolor: colour("line-soft"),
    automargin: true,
    tickfont: { family: FONT, size: 14 },
    ...given,
  });
  const layoutOf = (given) => ({
    font: { family: FONT, size: 14, color: colour("ink") },
    paper_bgcolor: colour("paper"),
    plot_bgcolor: colour("paper"),
    legend: { orientation: "h", y: -0.18, x: 0 },
    dragmode: false,
    separators: ".,",
    hovermode: "closest",
    ...given,
    margin: { l: 56, r: 16, t: 12, b: 72, ...given.margin },
    xaxis: axis(given.xaxis),
    yaxis: axis({ tickformat: ",", ...given.yaxis }),
  });
  const draw = async (place) => {
    const figure = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const live = document.createElement("div");
    live.className = "dx-live";
    live.setAttribute("role", "img");
    live.setAttribute("aria-label", place.querySelector(".dx-drawing").getAttribute("aria-label"));
    place.append(live);
    await load();
    await window.Plotly.newPlot(live, figure.data, layoutOf(figure.layout));
    place.dataset.drawn = "1";
  };
  /* Without plotly the drawing stays. */
  const once = (place) => {
    if (place.dataset.asked) return;
    place.dataset.asked = "1";
    draw(place).catch(() => place.querySelector(".dx-live")?.remove());
  };
  for (const place of document.querySelectorAll("[data-chart]"))
    for (const pointed of ["pointerenter", "pointerdown"])
      place.addEventListener(pointed, () => once(place));
})();
