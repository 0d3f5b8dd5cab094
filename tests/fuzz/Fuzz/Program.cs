using System;
using System.CommandLine;
using System.Diagnostics;
using System.Linq;
using Guest.Fuzz.Guided;
using Guest.Fuzz.Inputs;
using Guest.Fuzz.Rings;
using Guest.Tool.Commands;

namespace Guest.Fuzz;

/// <summary>The fuzzer behind <c>./guest fuzz</c>. Works in a process of its own below this one, so that whatever ends that can be told.</summary>
internal static class Program
{
    /// <summary>Something does not hold.</summary>
    public const int Failed = 1;

    public static int Main(string[] arguments)
    {
        // A process below this one works; the first word says so.
        if (arguments is [AflRun.FedWord, var fed])
            return AflRun.BeFed(InputTargets.All.Single(target => target.Name == fed));
        bool works = arguments is [Supervisor.WorkerWord, ..];
        string[] words = works ? arguments[1..] : arguments;
        RootCommand root = new();
        FuzzOptions.AddTo(root);
        root.SetAction(parsed => Run(parsed, words, works));
        return root.Parse(words).Invoke();
    }

    private static int Run(ParseResult parsed, string[] words, bool works)
    {
        string? name = parsed.GetValue(FuzzOptions.Target);
        if (parsed.GetValue(FuzzOptions.List) || name is null)
        {
            PrintList();
            return 0;
        }

        // A failed assertion of the kernel's is a failure like any other, not the process's end.
        Trace.Listeners.Clear();
        Trace.Listeners.Add(new ThrowingListener());
        foreach (InputTarget target in InputTargets.All)
        {
            if (target.Name == name)
                return new InputCampaign(target, parsed, Workplace.Of(name)).Run(words, works);
        }

        foreach (DriverKind kind in DriverKind.All)
        {
            if (kind.Name == name)
                return new DriverCampaign(kind, parsed, Workplace.Of(name)).Run(words, works);
        }

        Console.Error.WriteLine($"There is no target '{name}'; see --list.");
        return 2;
    }

    private static void PrintList()
    {
        foreach (InputTarget target in InputTargets.All)
            Console.WriteLine($"{target.Name,-20} {target.Summary}");
        foreach (DriverKind kind in DriverKind.All)
            Console.WriteLine($"{kind.Name,-20} {kind.Summary}, against a far side that lies");
    }
}
