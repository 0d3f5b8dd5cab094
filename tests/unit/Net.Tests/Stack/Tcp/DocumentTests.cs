using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>docs/tcp.md says which test shows what: those tests are there.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Every_test_that_the_document_names_exists()
    {
        string text = File.ReadAllText(Path.Combine(Root(), "docs", "tcp.md"));
        HashSet<string> tests = [.. typeof(DocumentTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => method.Name)];

        List<string> named = [.. TestName().Matches(text).Select(match => match.Groups[1].Value)];

        Assert.True(named.Count > 60, $"{named.Count}");
        Assert.Subset(tests, new HashSet<string>(named));
    }

    private static string Root()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Guest.sln")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("not in the repository");
    }

    [GeneratedRegex(@"`(?:[A-Za-z]+\.)*([A-Za-z0-9]+_\w*[a-z])`")]
    private static partial Regex TestName();
}
