using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Guest.Analyzers;

/// <summary>Refuses the C# that compiles but cannot work in the image (<see cref="Rules"/>).</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class KernelSubsetAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Rules.All;

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        Refuse(context, Rules.Catch, SyntaxKind.CatchClause);
        Refuse(context, Rules.Lock, SyntaxKind.LockStatement);
        Refuse(context, Rules.Async, SyntaxKind.AwaitExpression);
        Refuse(context, Rules.Finalizer, SyntaxKind.DestructorDeclaration);
        Refuse(context, Rules.Iterator, SyntaxKind.YieldReturnStatement, SyntaxKind.YieldBreakStatement);
        context.RegisterSyntaxNodeAction(CheckDecimal, SyntaxKind.PredefinedType);
        context.RegisterSyntaxNodeAction(CheckName, SyntaxKind.IdentifierName);
        context.RegisterSyntaxNodeAction(CheckAsyncModifier, SyntaxKind.ParenthesizedLambdaExpression, SyntaxKind.SimpleLambdaExpression);
        context.RegisterSymbolAction(CheckMethod, SymbolKind.Method);
        context.RegisterSymbolAction(CheckField, SymbolKind.Field);
    }

    /// <summary>Refuses a kind of syntax wherever it stands; the report points at its first word.</summary>
    private static void Refuse(AnalysisContext context, DiagnosticDescriptor rule, params SyntaxKind[] kinds) =>
        context.RegisterSyntaxNodeAction(node => Report(node, rule, node.Node.GetFirstToken().GetLocation()), kinds);

    private static void CheckDecimal(SyntaxNodeAnalysisContext context)
    {
        if (((PredefinedTypeSyntax)context.Node).Keyword.IsKind(SyntaxKind.DecimalKeyword))
            Report(context, Rules.Dynamic, context.Node.GetLocation(), "decimal");
    }

    private static void CheckName(SyntaxNodeAnalysisContext context)
    {
        ISymbol? symbol = context.SemanticModel.GetSymbolInfo(context.Node, context.CancellationToken).Symbol;
        if (symbol is IDynamicTypeSymbol)
            Report(context, Rules.Dynamic, context.Node.GetLocation(), "dynamic");
        else if (IsReflection(symbol))
            Report(context, Rules.Reflection, context.Node.GetLocation(), symbol!.ToDisplayString());
    }

    /// <summary>Activator, and whatever lives in System.Reflection but attributes of an assembly.</summary>
    private static bool IsReflection(ISymbol? symbol)
    {
        INamedTypeSymbol? type = symbol as INamedTypeSymbol;
        if (type is null)
            return false;
        string space = type.ContainingNamespace.ToDisplayString();
        return (space == "System" && type.Name == "Activator")
            || (space == "System.Reflection" && type.BaseType?.Name != "Attribute")
            || space.StartsWith("System.Reflection.", System.StringComparison.Ordinal);
    }

    private static void CheckAsyncModifier(SyntaxNodeAnalysisContext context)
    {
        SyntaxToken modifier = ((LambdaExpressionSyntax)context.Node).AsyncKeyword;
        if (modifier.IsKind(SyntaxKind.AsyncKeyword))
            Report(context, Rules.Async, modifier.GetLocation());
    }

    private static void CheckMethod(SymbolAnalysisContext context)
    {
        IMethodSymbol method = (IMethodSymbol)context.Symbol;
        if (method.IsAsync)
            Report(context, Rules.Async);
        bool calledVirtually = method.IsVirtual || method.IsAbstract || method.IsOverride || method.ExplicitInterfaceImplementations.Length > 0;
        if (method.IsGenericMethod && calledVirtually && !method.IsStatic)
            Report(context, Rules.GenericVirtual, method.Name);
    }

    private static void CheckField(SymbolAnalysisContext context)
    {
        foreach (AttributeData attribute in context.Symbol.GetAttributes())
        {
            if (attribute.AttributeClass?.ToDisplayString() == "System.ThreadStaticAttribute")
                Report(context, Rules.ThreadStatic);
        }
    }

    private static void Report(SyntaxNodeAnalysisContext context, DiagnosticDescriptor rule, Location location, params object[] arguments) =>
        context.ReportDiagnostic(Diagnostic.Create(rule, location, arguments));

    private static void Report(SymbolAnalysisContext context, DiagnosticDescriptor rule, params object[] arguments) =>
        context.ReportDiagnostic(Diagnostic.Create(rule, context.Symbol.Locations[0], arguments));
}
