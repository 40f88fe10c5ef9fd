"use strict";
/* Draws a chart when it comes into view; plotly itself is fetched only then.
   Nothing is shared with any cloud. */
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
    await load();
    const figure = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    await window.Plotly.newPlot(place, figure.data, layoutOf(figure.layout));
    place.dataset.drawn = "1";
  };
  const missing = (place) => {
    place.classList.add("dx-empty");
    place.textContent = "図を表示できませんでした。同じ値は表で読めます。";
  };
  const seen = (entries) => {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      watch.unobserve(target);
      draw(target).catch(() => missing(target));
    }
  };
  const watch = new IntersectionObserver(seen, { rootMargin: "200px" });
  document.querySelectorAll("[data-chart]").forEach((place) => watch.observe(place));
})();
