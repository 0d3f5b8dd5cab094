using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Guest.Xen.Rig.Tracing;

/// <summary>How often each domain made each hypercall, read from what <c>xenalyze --summary</c> prints.</summary>
public sealed class HypercallSummary
{
    private readonly Dictionary<int, Dictionary<string, long>> _domains = [];

    private HypercallSummary()
    {
    }

    /// <summary>Reads the text.</summary>
    public static HypercallSummary Parse(string text)
    {
        const string Domain = "|-- Domain ";
        const string CountMark = "]:";
        HypercallSummary summary = new();
        Dictionary<string, long>? current = null;
        bool listing = false;
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith(Domain, StringComparison.Ordinal))
            {
                int id = int.Parse(line[Domain.Length..].Split(' ')[0], CultureInfo.InvariantCulture);
                summary._domains[id] = current = [];
                listing = false;
            }
            else if (line.StartsWith("  hypercall", StringComparison.Ordinal))
            {
                // "  hypercall  4361" heads the list; "  hypercall (subcall)  318" is what multicalls held: a list of its own.
                listing = !line.Contains("(subcall)", StringComparison.Ordinal);
            }
            else if (listing && current is not null && line.IndexOf(CountMark, StringComparison.Ordinal) is > 0 and int mark)
            {
                // "    sched_op                     [29]:   1562", once for each virtual processor.
                string name = line.Trim().Split(' ', '[')[0];
                long count = long.Parse(line[(mark + CountMark.Length)..], CultureInfo.InvariantCulture);
                current[name] = current.GetValueOrDefault(name) + count;
            }
            else
            {
                listing = false;
            }
        }
        return summary;
    }

    /// <summary>How often a domain made a hypercall; names as in xen.h, in lower case, without <c>__HYPERVISOR_</c>.</summary>
    public long Count(int domain, string hypercall) => _domains.GetValueOrDefault(domain)?.GetValueOrDefault(hypercall) ?? 0;

    /// <summary>All of a domain's hypercalls.</summary>
    public long Total(int domain) => _domains.GetValueOrDefault(domain)?.Values.Sum() ?? 0;

    /// <summary>A domain's hypercalls, the most frequent first: for messages.</summary>
    public string Describe(int domain) =>
        string.Join(", ", (_domains.GetValueOrDefault(domain) ?? [])
            .OrderByDescending(pair => pair.Value)
            .Select(pair => $"{pair.Key} {pair.Value}"));
}
