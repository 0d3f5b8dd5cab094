using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Guest.Analyzers;

/// <summary>What C# must not be used for in the kernel, why, and what to do instead.</summary>
internal static class Rules
{
    // What cannot work in the image cannot be made to by a pragma or an option (not configurable), nor by an attribute (compiler).
    private static readonly string[] s_tags = [WellKnownDiagnosticTags.NotConfigurable, WellKnownDiagnosticTags.Compiler];

    public static readonly DiagnosticDescriptor Catch = Make(
        1,
        "No catch",
        "This catch would never run: there is no unwinder, and to throw is to panic. Return false, a status or null for what can happen.");

    public static readonly DiagnosticDescriptor GenericVirtual = Make(
        2,
        "No generic virtual or interface methods",
        "'{0}' is a generic method that is called virtually: its code is found at run time, by a type loader that does not exist here. Make the type generic, or the method static or non-virtual.");

    public static readonly DiagnosticDescriptor Async = Make(
        3,
        "No async",
        "async and await need tasks and a thread pool, which do not exist here. Implement IPollable, or block a thread on a wait queue.");

    public static readonly DiagnosticDescriptor Lock = Make(
        4,
        "No lock",
        "There are no monitors here. One processor runs the kernel and a thread is switched away only where it waits: plain code is enough; against interrupts, use Interlocked.");

    public static readonly DiagnosticDescriptor Finalizer = Make(
        5,
        "No finalizers",
        "This finalizer would never run: nothing is ever collected. Implement IDisposable and call Dispose.");

    public static readonly DiagnosticDescriptor Dynamic = Make(
        6,
        "No dynamic and no decimal",
        "'{0}' needs a library that does not exist here. Use static types and integers.");

    public static readonly DiagnosticDescriptor Iterator = Make(
        7,
        "No iterators",
        "yield makes an object for every walk, and nothing is ever collected. Fill a span, or write a struct with MoveNext and Current.");

    public static readonly DiagnosticDescriptor ThreadStatic = Make(
        8,
        "No thread-local statics",
        "There is no thread-local storage here: the field would be shared or the image would not link. Keep the value in the thread's own object.");

    public static readonly DiagnosticDescriptor Reflection = Make(
        9,
        "No reflection",
        "'{0}' needs metadata that the image does not hold. Decide at compile time: generics, interfaces, typeof compared with ==.");

    public static readonly DiagnosticDescriptor Text = Make(
        10,
        "No text of enums, arrays and types without ToString",
        "'{0}' has no text in the image, which keeps no names: an enum would show its number, an array or a type without ToString 'System.Object'. Choose the text with a switch, convert the enum to its number, or override ToString.");

    public static readonly ImmutableArray<DiagnosticDescriptor> All =
        [Catch, GenericVirtual, Async, Lock, Finalizer, Dynamic, Iterator, ThreadStatic, Reflection, Text];

    private static DiagnosticDescriptor Make(int number, string title, string message) =>
        new($"GUEST{number:000}", title, message, "Kernel", DiagnosticSeverity.Error, isEnabledByDefault: true, customTags: s_tags);
}
