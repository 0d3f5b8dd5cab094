using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Guest.Xen.Rig.Tracing;

/// <summary>How often each domain made each hypercall and came into Xen otherwise, and how often it was given a processor: read from what
/// <c>xenalyze --summary</c> prints.</summary>
public sealed class HypercallSummary
{
    /// <summary>The domain that runs when no other wants to (DOMID_IDLE).</summary>
    public const int IdleDomain = 32767;

    private readonly Dictionary<int, Domain> _domains = [];
    private readonly Dictionary<int, string> _names = [];

    private HypercallSummary()
    {
    }

    /// <summary>Reads the text.</summary>
    public static HypercallSummary Parse(string text)
    {
        const string DomainHeading = "|-- Domain ";
        HypercallSummary summary = new();
        Domain domain = new();
        string section = "";
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split([' ', '[', ']', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (line.StartsWith(DomainHeading, StringComparison.Ordinal))
                summary._domains[int.Parse(words[2], CultureInfo.InvariantCulture)] = domain = new Domain();
            else if (!char.IsWhiteSpace(line.FirstOrDefault(' ')))
                section = line;
            else if (words.Length < 2)
                continue;
            else if (section == "PV events:")
                summary.AddPvLine(domain, line, words);
            else if (section == "Exit reasons:")
                AddExitLine(domain, line, words);
            else if (line.StartsWith("   running:", StringComparison.Ordinal))
                domain.Runs += Number(words[1]); // "   running:    1577  1.96s ...", once for each virtual processor.
        }
        return summary;
    }

    /// <summary>How often a domain made a hypercall; names as in xen.h, in lower case, without <c>__HYPERVISOR_</c>.</summary>
    public long Count(int domain, string hypercall) => Hypercalls(domain).GetValueOrDefault(hypercall);

    /// <summary>A domain's hypercalls by name.</summary>
    public IReadOnlyDictionary<string, long> Hypercalls(int domain) => Of(domain).Hypercalls;

    /// <summary>All of a domain's hypercalls.</summary>
    public long Total(int domain) => Hypercalls(domain).Values.Sum();

    /// <summary>How a domain came into Xen other than by a hypercall: for a PV domain faults and instructions that Xen emulates, for others the
    /// processor's exits.</summary>
    public IReadOnlyDictionary<string, long> Traps(int domain) => Of(domain).Traps;

    /// <summary>How often a domain was given a processor.</summary>
    public long Runs(int domain) => Of(domain).Runs;

    /// <summary>The name of a hypercall's number, if a PV domain made it; else the number.</summary>
    public string NameOf(int number) => _names.GetValueOrDefault(number) ?? number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A domain's hypercalls, the most frequent first: for messages.</summary>
    public string Describe(int domain) =>
        string.Join(", ", Hypercalls(domain).OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {pair.Value}"));

    // "  page_fault  409"; "  hypercall  4361" heads the list "    sched_op                     [29]:   1562"; after "  hypercall (subcall)  318"
    // follows a list of what multicalls held, which is in the count of multicalls already.
    private void AddPvLine(Domain domain, string line, string[] words)
    {
        bool inList = line.StartsWith("    ", StringComparison.Ordinal);
        if (!inList)
            domain.ListsHypercalls = words[0] == "hypercall" && words.Length == 2;
        if (inList && domain.ListsHypercalls)
        {
            Add(domain.Hypercalls, words[0], Number(words[2]));
            _names[(int)Number(words[1])] = words[0];
        }
        else if (!inList && words[0] != "hypercall")
        {
            Add(domain.Traps, string.Join(' ', words[..^1]), Number(words[^1]));
        }
    }

    // " VMEXIT_VMMCALL            799  0.30s 43.39% 893845 cyc {...}", and below it "    [  sched_op]      399  0.27s ...".
    private static void AddExitLine(Domain domain, string line, string[] words)
    {
        const string HypercallExit = "VMEXIT_VMMCALL";
        if (!line.StartsWith("  ", StringComparison.Ordinal))
        {
            domain.ListsHypercalls = words[0] == HypercallExit;
            if (!domain.ListsHypercalls)
                Add(domain.Traps, words[0], Number(words[1]));
        }
        else if (domain.ListsHypercalls)
        {
            Add(domain.Hypercalls, words[0], Number(words[1]));
        }
    }

    private static void Add(Dictionary<string, long> counts, string name, long count) =>
        counts[name] = counts.GetValueOrDefault(name) + count;

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);

    private Domain Of(int domain) => _domains.GetValueOrDefault(domain) ?? new Domain();

    private sealed class Domain
    {
        public Dictionary<string, long> Hypercalls { get; } = [];

        public Dictionary<string, long> Traps { get; } = [];

        public long Runs { get; set; }

        public bool ListsHypercalls { get; set; }
    }
}
