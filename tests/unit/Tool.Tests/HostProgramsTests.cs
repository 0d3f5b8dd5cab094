using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Guest.Rig;
using Guest.Rig.Host;

namespace Guest.Tool.Tests;

/// <summary>Every program of this host that the tool, its launcher, the build or a test starts is on the list that <c>./guest doctor</c> shows.</summary>
public sealed partial class HostProgramsTests
{
    // What the launcher asks for itself, what HostPackages says of a host without it, and what is got for who asks for it.
    private static readonly string[] s_known = ["dotnet", "apt-get", "afl-fuzz"];

    // The shell's own, and its functions here.
    private static readonly string[] s_builtins =
    [
        "cd", "command", "do", "done", "echo", "else", "exec", "exit", "export", "fi", "for", "if", "is_stale", "kill", "print", "printf", "pwd", "read", "set", "test", "then",
        "while",
    ];

    private static readonly string s_root = Repository.Find().Root;

    [Fact]
    public void What_programs_start()
    {
        string[] started =
        [
            .. from file in Sources("*.cs")
               let text = File.ReadAllText(file)
               from program in Starts().Matches(text).Concat(InPrefix().Matches(text)).Select(match => Path.GetFileName(match.Groups["program"].Value))
                   .Concat(Scripts().Matches(text).SelectMany(match => ProgramsOf(match.Groups["script"].Value)))
               select program,
        ];

        Assert.Superset(new HashSet<string> { "ip", "setpriv", "setsid", "gdb", "xenalyze", "addr2line", "script", "cpio", "xz" }, started.ToHashSet());
        AssertListed(started);
    }

    [Fact]
    public void What_scripts_start() => AssertListed(
        new[] { "guest", ".ci/run", "build/Guest.Sdk/check-object.sh" }.SelectMany(file => ProgramsOf(File.ReadAllText(Path.Combine(s_root, file)))));

    [Fact]
    public void What_the_build_starts() => AssertListed(
        from file in Sources("*.targets")
        from Match command in Commands().Matches(File.ReadAllText(file))
        from program in ProgramsOf(command.Groups["command"].Value.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal))
        select program);

    private static void AssertListed(IEnumerable<string> programs) =>
        Assert.Empty(programs.Distinct().Except(HostRequirements.All.SelectMany(requirement => requirement.Programs)).Except(s_known));

    private static IEnumerable<string> Sources(string pattern) => new[] { "build", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(s_root, folder), pattern, SearchOption.AllDirectories));

    // The words at which a command begins, comments and what is quoted left out.
    private static IEnumerable<string> ProgramsOf(string script) =>
        CommandWords().Matches(Quoted().Replace(Comments().Replace(script, ""), "''"))
            .Select(match => match.Groups["program"].Value)
            .Where(word => !s_builtins.Contains(word));

    [GeneratedRegex(@"(?:Shell\.(?:Run|RunLong|Require)|(?:network|made)\.Require|ProcessStartInfo(?: \w+ = new)?)\(\s*""(?<program>[^""]+)""")]
    private static partial Regex Starts();

    [GeneratedRegex(
        @"\[""(?<program>[^""]+)"", \.\. (?:\w+\.)?[pP]refix|[pP]refix => \[""(?<program>[^""]+)""|[pP]refix(?:\.Skip\(1\))?, ""(?<program>[^""]+)""|""timeout"", ""\w+"", ""(?<program>[^""]+)""")]
    private static partial Regex InPrefix();

    [GeneratedRegex(@"""sh"", ""-c"", \$?""(?<script>[^""]+)""")]
    private static partial Regex Scripts();

    [GeneratedRegex(@"<Exec Command=""(?<command>[^""]+)""")]
    private static partial Regex Commands();

    [GeneratedRegex(@"(?m)(?<=^|\s)#.*$")]
    private static partial Regex Comments();

    [GeneratedRegex(@"'[^']*'|""[^""$]*""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?m)(?<=^\s*|[|;&({]\s*|\$\(|\b(?:if|then|do|else|exec|!) (?:! )?(?:\{ )?)(?<program>[a-z][a-z0-9_.-]*)(?=[\s;)]|$)")]
    private static partial Regex CommandWords();
}
