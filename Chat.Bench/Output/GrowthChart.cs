using System.Globalization;
using System.Text;
using Chat.Bench.Workloads.History;

namespace Chat.Bench.Output;

/// <summary>Draws the medians of single calls over the size of the database, as an SVG that needs nothing else.</summary>
internal static class GrowthChart
{
    private const int Width = 760;
    private const int Height = 420;
    private const int Left = 60;
    private const int Right = 170;
    private const int Top = 50;
    private const int Bottom = 50;

    // Told apart also by those who do not tell red from green (Okabe and Ito).
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

    public static string Draw(HistoryResult result)
    {
        var sizes = result.Operations[0].Sizes.Select(s => s.Size).ToList();
        var top = NiceTop(result.Operations.SelectMany(o => o.Sizes).Max(s => s.Latency.P50Ms));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"13\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"25\" font-size=\"16\">Median time of one call through the hub, ms, by messages in the database</text>\n");
        DrawGrid(svg, sizes, top);
        var labels = Labels(result, top);
        for (var i = 0; i < result.Operations.Count; i++) DrawLine(svg, result.Operations[i], Colours[i % Colours.Length], sizes, top, labels[i]);
        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawGrid(StringBuilder svg, List<int> sizes, double top)
    {
        for (var step = 0; step <= 4; step++)
        {
            var value = top * step / 4;
            var y = Y(value, top);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:F1}\" y2=\"{y:F1}\" stroke=\"#ddd\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\" fill=\"#444\">{value:0.##}</text>\n");
        }
        foreach (var size in sizes)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(size, sizes):F1}\" y=\"{Height - Bottom + 22}\" text-anchor=\"middle\" fill=\"#444\">{size:N0}</text>\n");
    }

    private static void DrawLine(StringBuilder svg, HistoryFigure figure, string colour, List<int> sizes, double top, double labelY)
    {
        var points = figure.Sizes.Select(s => (X: X(s.Size, sizes), Y: Y(s.Latency.P50Ms, top))).ToList();
        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"");
        svg.AppendJoin(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:F1},{p.Y:F1}"))).Append("\"/>");
        foreach (var (x, y) in points) svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"3.5\" fill=\"{colour}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right + 10}\" y=\"{labelY + 4:F1}\" fill=\"{colour}\">{figure.Operation} {figure.Sizes[^1].Latency.P50Ms:0.00}</text>\n");
    }

    /// <summary>Each label beside the end of its line, moved apart where lines end close to one another.</summary>
    private static double[] Labels(HistoryResult result, double top)
    {
        const double apart = 17;
        var labels = new double[result.Operations.Count];
        var free = double.MinValue;
        foreach (var (y, index) in result.Operations.Select((o, index) => (Y: Y(o.Sizes[^1].Latency.P50Ms, top), index)).OrderBy(l => l.Y))
        {
            labels[index] = Math.Max(y, free);
            free = labels[index] + apart;
        }
        // They may have been moved below the chart: then all that are too low move up again.
        var lowest = Height - 10.0;
        foreach (var index in Enumerable.Range(0, labels.Length).OrderByDescending(i => labels[i]))
        {
            labels[index] = Math.Min(labels[index], lowest);
            lowest = labels[index] - apart;
        }
        return labels;
    }

    /// <summary>By the logarithm: each size is some hundred times the one before.</summary>
    private static double X(int size, List<int> sizes)
    {
        var (first, last) = (Math.Log(sizes[0]), Math.Log(sizes[^1]));
        var share = last > first ? (Math.Log(size) - first) / (last - first) : 0.5;
        return Left + 30 + (share * (Width - Left - Right - 60));
    }

    private static double Y(double value, double top) => Height - Bottom - (value / top * (Height - Top - Bottom));

    private static readonly int[] RoundSteps = [1, 2, 4, 6, 8, 10];

    /// <summary>A round number at or above the value.</summary>
    private static double NiceTop(double value)
    {
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return RoundSteps.Select(step => step * magnitude).First(step => step >= value);
    }
}
