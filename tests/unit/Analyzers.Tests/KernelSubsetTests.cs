using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Guest.Analyzers.Tests;

public class KernelSubsetTests
{
    private static readonly MetadataReference[] s_platform = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(path => Path.GetFileName(path) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Collections.dll"
            or "System.Linq.Expressions.dll")
        .Select(path => MetadataReference.CreateFromFile(path))];

    [Theory]
    [InlineData("GUEST001", "void M() { try { } catch (Exception) { } }")]
    [InlineData("GUEST002", "public virtual void M<T>() { }")]
    [InlineData("GUEST002", "interface I { void M<T>(); }")]
    [InlineData("GUEST002", "abstract class A { public abstract T M<T>(); }")]
    [InlineData("GUEST003", "async Task M() => await Task.Yield();")]
    [InlineData("GUEST003", "Func<Task> F = async () => { };")]
    [InlineData("GUEST004", "void M() { lock (this) { } }")]
    [InlineData("GUEST005", "~C() { }")]
    [InlineData("GUEST006", "decimal M() => 0;")]
    [InlineData("GUEST006", "void M(dynamic d) { }")]
    [InlineData("GUEST007", "IEnumerable<int> M() { yield return 1; }")]
    [InlineData("GUEST008", "[ThreadStatic] static int s_field;")]
    [InlineData("GUEST009", "object M() => Activator.CreateInstance(typeof(C));")]
    [InlineData("GUEST009", "System.Reflection.MethodInfo M() => null;")]
    [InlineData("GUEST010", "string M() => Color.Red.ToString();")]
    [InlineData("GUEST010", "string M(Color? color) => color.ToString();")]
    [InlineData("GUEST010", "string M(Color color) => $\"{color}\";")]
    [InlineData("GUEST010", "string M(Color color) => \"colour \" + color;")]
    [InlineData("GUEST010", "void M(ref string text, Color color) => text += color;")]
    [InlineData("GUEST010", "object M(Color color) => color;")]
    [InlineData("GUEST010", "string M(Color color) => string.Format(\"{0}\", color);")]
    [InlineData("GUEST010", "Func<string> M(Color color) => color.ToString;")]
    [InlineData("GUEST010", "string M(Enum value) => value.ToString();")]
    [InlineData("GUEST010", "string M<T>(T value) where T : struct, Enum => value.ToString();")]
    [InlineData("GUEST010", "string M(int[] array) => array.ToString();")]
    [InlineData("GUEST010", "string M(int[] array) => $\"{array}\";")]
    [InlineData("GUEST010", "string M(int[] array) => array + \"\";")]
    [InlineData("GUEST010", "string M(int[] array) => string.Concat(\"\", array);")]
    [InlineData("GUEST010", "string M(Action action) => action.ToString();")]
    [InlineData("GUEST010", "string M(Bare bare) => bare.ToString();")]
    [InlineData("GUEST010", "string M(Plain plain) => $\"{plain}\";")]
    [InlineData("GUEST010", "string M(Coloured coloured) => coloured.ToString();")]
    public async Task What_cannot_work_in_the_image_is_refused(string rule, string member) =>
        Assert.Contains(rule, await RulesBrokenBy(member));

    [Theory]
    [InlineData("void M() { try { } finally { } }")]
    [InlineData("T M<T>(T value) => value;")]
    [InlineData("interface I<T> { void M(T value); }")]
    [InlineData("interface I { static abstract T M<T>(); }")]
    [InlineData("bool M<T>() => typeof(T) == typeof(int);")]
    [InlineData("void M(Action action) { foreach (int i in new[] { 1 }) action(); }")]
    [InlineData("void M() => throw new InvalidOperationException();")]
    [InlineData("readonly record struct R(int A);")]
    [InlineData("int @dynamic; void M() => @dynamic = 1;")]
    [InlineData("string M(Color color) => ((int)color).ToString() + (int)color;")]
    [InlineData("string M(Color color) => color switch { Color.Red => \"red\", _ => \"other\" };")]
    [InlineData("bool M(Color color) => color.HasFlag(Color.Red) && color.Equals(default(Color)) | color == Color.Red;")]
    [InlineData("string M(object value, Exception e, int i, string s, char c) => $\"{value}{e}{i}{s}{c}\" + value.ToString();")]
    [InlineData("object M(int[] array) => array;")]
    [InlineData("string M(Said said, Pair pair) => said.ToString() + said + pair;")]
    [InlineData("string M<T>(T value) => value.ToString();")]
    public async Task What_works_is_let_pass(string member) => Assert.Empty(await RulesBrokenBy(member));

    [Theory]
    [InlineData("#pragma warning disable")]
    [InlineData("#pragma warning disable GUEST001")]
    [InlineData("[System.Diagnostics.CodeAnalysis.SuppressMessage(\"Kernel\", \"GUEST001\")]")]
    public async Task No_rule_can_be_switched_off(string attempt) =>
        Assert.Contains("GUEST001", await RulesBrokenBy($"\n{attempt}\nvoid M() {{ try {{ }} catch (Exception) {{ }} }}\n"));

    [Fact]
    public void Every_rule_says_what_to_do_and_is_an_error()
    {
        foreach (DiagnosticDescriptor rule in new KernelSubsetAnalyzer().SupportedDiagnostics)
        {
            Assert.Contains(WellKnownDiagnosticTags.NotConfigurable, rule.CustomTags);
            Assert.Equal(DiagnosticSeverity.Error, rule.DefaultSeverity);
            Assert.True(rule.MessageFormat.ToString(null).Split(". ").Length >= 2, $"{rule.Id} gives a reason and no way out");
        }
    }

    private static async Task<string[]> RulesBrokenBy(string member)
    {
        string source = $$"""
            using System;
            using System.Collections.Generic;
            using System.Threading.Tasks;
            enum Color { Red }
            struct Bare { }
            sealed class Plain { }
            sealed class Said { public override string ToString() => ""; }
            record struct Pair(int Left, string Right);
            record struct Coloured(int Size, Color Color);
            class C { {{member}} }
            """;
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)],
            s_platform,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        Assert.DoesNotContain(
            compilation.GetDiagnostics(TestContext.Current.CancellationToken),
            diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        ImmutableArray<Diagnostic> found = await compilation
            .WithAnalyzers([new KernelSubsetAnalyzer(), new TextAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return [.. found.Select(diagnostic => diagnostic.Id).Distinct()];
    }
}
