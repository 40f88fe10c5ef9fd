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
  let loading = null;
  const load = () => {
    loading ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => {
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
        done();
      };
      script.onerror = fail;
      document.head.append(script);
    });
    return loading;
  };
  const axis = (given) =>
    Object.assign(
      {
        fixedrange: true,
        zeroline: false,
        showline: true,
        linecolor: colour("ink-3"),
        gridcolor: colour("line-soft"),
        automargin: true,
        tickfont: { family: FONT, size: 14 },
      },
      given,
    );
  const draw = async (place) => {
    await load();
    const figure = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const layout = Object.assign(
      {
        font: { family: FONT, size: 14, color: colour("ink") },
        paper_bgcolor: colour("paper"),
        plot_bgcolor: colour("paper"),
        margin: { l: 56, r: 16, t: 12, b: 72 },
        legend: { orientation: "h", y: -0.18, x: 0 },
        dragmode: false,
        separators: ".,",
        hovermode: "closest",
      },
      figure.layout,
    );
    layout.margin = Object.assign({ l: 56, r: 16, t: 12, b: 72 }, figure.layout.margin);
    layout.xaxis = axis(figure.layout.xaxis);
    layout.yaxis = axis(Object.assign({ tickformat: "," }, figure.layout.yaxis));
    await window.Plotly.newPlot(place, figure.data, layout);
    place.dataset.drawn = "1";
  };
  const missing = (place) => {
    place.classList.add("dx-empty");
    place.textContent = "図を表示できませんでした。同じ値は表で読めます。";
  };
  const watch = new IntersectionObserver(
    (entries) => {
      for (const entry of entries)
        if (entry.isIntersecting) {
          watch.unobserve(entry.target);
          draw(entry.target).catch(() => missing(entry.target));
        }
    },
    { rootMargin: "200px" },
  );
  document.querySelectorAll("[data-chart]").forEach((place) => watch.observe(place));
})();
