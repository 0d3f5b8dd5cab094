using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Guest.Tool.Commands;

/// <summary>What <c>./guest fuzz</c> takes; the fuzzer itself, a program of its own in tests/fuzz, is given the same words.</summary>
internal static class FuzzOptions
{
    public static Argument<string?> Target { get; } = new("target")
    {
        Description = "What to try; see --list.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Option<bool> List { get; } = new("--list") { Description = "Lists the targets." };

    public static Option<TimeSpan?> Time { get; } = new("--time")
    {
        Description = "How long: 60s, 5m, 2h. Without it, and without a number of inputs or steps, a minute.",
        HelpName = "duration",
        CustomParser = ParseDuration,
    };

    public static Option<long?> Inputs { get; } = new("--inputs") { Description = "How many inputs, instead of a time.", HelpName = "n" };

    public static Option<long?> Steps { get; } = new("--steps") { Description = "How many steps of a driver and its far side, instead of a time.", HelpName = "n" };

    public static Option<ulong?> Seed { get; } = new("--seed") { Description = "What all chance follows from; another one each time if it is not given.", HelpName = "n" };

    public static Option<string?> Corpus { get; } = new("--corpus")
    {
        Description = "The folder of inputs to begin with, which gets what is found; tests/fuzz/Corpus/TARGET (which gets nothing) if it is not given.",
        HelpName = "dir",
    };

    public static Option<bool> Minimise { get; } = new("--minimise") { Description = "Only leaves the fewest inputs in the corpus that do all that the corpus does." };

    public static Option<string?> Replay { get; } = new("--replay") { Description = "Only runs this input.", HelpName = "file" };

    public static Option<ulong?> Episode { get; } = new("--episode") { Description = "Only runs this episode of a driver, by its seed.", HelpName = "seed" };

    public static Option<string?> Only { get; } = new("--only") { Description = "Of the episode only these steps: 3,17,20.", HelpName = "steps" };

    public static Option<bool> Afl { get; } = new("--afl") { Description = "Lets AFL++ (Debian's afl++) choose the inputs." };

    /// <summary>Hands all of them to a command.</summary>
    public static void AddTo(Command command)
    {
        command.Arguments.Add(Target);
        foreach (Option option in (Option[])[List, Time, Inputs, Steps, Seed, Corpus, Minimise, Replay, Episode, Only, Afl])
            command.Options.Add(option);
    }

    private static TimeSpan? ParseDuration(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        double unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => char.IsDigit(text[^1]) ? 1 : 0 };
        if (unit > 0 && double.TryParse(text.TrimEnd('s', 'm', 'h'), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number > 0)
            return TimeSpan.FromSeconds(number * unit);
        result.AddError($"'{text}' is no duration: 60s, 5m, 2h.");
        return null;
    }
}
