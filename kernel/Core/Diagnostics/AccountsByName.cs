using System;
using System.Collections.Generic;

namespace Guest.Core.Diagnostics;

/// <summary>The accounts of devices that come and go: one that comes under the name of one that went goes on with its account.</summary>
public sealed class AccountsByName
{
    private readonly List<PathCounters> _all = [];

    /// <summary>The account of the device of a kind that has a number, and no other device has now: <c>virtio-net0</c>, <c>e1000-1</c>.</summary>
    public PathCounters Of(string kind, int number)
    {
        foreach (PathCounters account in _all)
        {
            if (Names(account.Name, kind, number))
                return account;
        }

        PathCounters made = new(string.Concat(kind, EndsInDigit(kind) ? "-" : "", number.ToString()));
        _all.Add(made);
        return made;
    }

    private static bool EndsInDigit(string kind) => char.IsAsciiDigit(kind[^1]);

    private static bool Names(string name, string kind, int number)
    {
        int at = kind.Length + (EndsInDigit(kind) ? 1 : 0);
        if (name.Length <= at || !name.AsSpan().StartsWith(kind))
            return false;
        int value = 0;
        foreach (char c in name.AsSpan(at))
        {
            if (!char.IsAsciiDigit(c))
                return false;
            value = (value * 10) + (c - '0');
        }

        return value == number;
    }
}
