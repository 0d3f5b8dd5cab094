using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Guest.Rig;
using ScottPlot;
using ScottPlot.Plottables;

namespace Guest.Figures;

/// <summary>Measures, and draws.</summary>
internal static class Program
{
    private const int Width = 1000;
    private const int Height = 420;

    public static void Main()
    {
        string folder = Path.Combine(Repository.Find().Root, "docs", "figures");
        Directory.CreateDirectory(folder);
        Plot plot = new();
        Add(plot, "this stack, simulated link", OurWindow.Measure());
        Add(plot, "Linux, through the relay", LinuxWindow.Measure());
        plot.XLabel("seconds");
        plot.YLabel("congestion window, segments");
        plot.Title($"CUBIC: {Bottleneck.BytesPerSecond * 8 / 1_000_000} Mbit/s, {2 * Bottleneck.DelayMilliseconds} ms, a queue of {Bottleneck.QueueBytes / 1_000} kB");
        plot.Axes.SetLimits(0, Bottleneck.Duration.TotalSeconds, 0, plot.Axes.GetLimits().Top);
        plot.ShowLegend(Alignment.UpperRight);
        string file = Path.Combine(folder, "cubic.png");
        plot.SavePng(file, Width, Height);
        Console.WriteLine(file);
    }

    private static void Add(Plot plot, string name, List<(double Time, double Window)> samples)
    {
        Scatter curve = plot.Add.ScatterLine(samples.Select(sample => sample.Time).ToArray(), samples.Select(sample => sample.Window).ToArray());
        curve.LegendText = name;
        Console.WriteLine($"{name}: {samples.Count} samples, {samples.Average(sample => sample.Window):F1} segments in the mean");
    }
}
