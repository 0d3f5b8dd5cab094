using System.Collections.Generic;

namespace Guest.Core.Diagnostics;

/// <summary>The accounts of devices that come and go: one that comes under the name of one that went goes on with its account.</summary>
public sealed class AccountsByName
{
    private readonly List<PathCounters> _all = [];

    /// <summary>The account that goes with a name, which no other device has now.</summary>
    public PathCounters Of(string name)
    {
        foreach (PathCounters account in _all)
        {
            if (account.Name == name)
                return account;
        }

        PathCounters made = new(name);
        _all.Add(made);
        return made;
    }
}
