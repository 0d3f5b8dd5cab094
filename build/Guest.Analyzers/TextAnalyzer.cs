using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Guest.Analyzers;

/// <summary>Refuses text of what has none in the image: enums, arrays, and types that leave ToString as it is (<see cref="Rules.Text"/>).</summary>
/// <remarks>An enum must not become an <c>object</c> at all, since nobody could tell from there on. Where a type is not known (a variable of type
/// <c>object</c>, a type parameter) nothing is said.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TextAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Text];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(CheckCall, OperationKind.Invocation);
        context.RegisterOperationAction(CheckMethodGroup, OperationKind.MethodReference);
        context.RegisterOperationAction(CheckHole, OperationKind.Interpolation);
        context.RegisterOperationAction(CheckConcatenation, OperationKind.Binary);
        context.RegisterOperationAction(CheckAppending, OperationKind.CompoundAssignment);
        context.RegisterOperationAction(CheckConversion, OperationKind.Conversion);
    }

    private static void CheckCall(OperationAnalysisContext context)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name == nameof(ToString))
            ReportIfWithoutText(context, call.Instance);
    }

    private static void CheckMethodGroup(OperationAnalysisContext context)
    {
        IMethodReferenceOperation reference = (IMethodReferenceOperation)context.Operation;
        if (reference.Method.Name == nameof(ToString))
            ReportIfWithoutText(context, reference.Instance);
    }

    private static void CheckHole(OperationAnalysisContext context) =>
        ReportIfWithoutText(context, ((IInterpolationOperation)context.Operation).Expression);

    private static void CheckConcatenation(OperationAnalysisContext context)
    {
        IBinaryOperation sum = (IBinaryOperation)context.Operation;
        if (sum.OperatorKind != BinaryOperatorKind.Add || sum.Type?.SpecialType != SpecialType.System_String)
            return;
        ReportIfWithoutText(context, sum.LeftOperand);
        ReportIfWithoutText(context, sum.RightOperand);
    }

    private static void CheckAppending(OperationAnalysisContext context)
    {
        ICompoundAssignmentOperation appending = (ICompoundAssignmentOperation)context.Operation;
        if (appending.Type?.SpecialType == SpecialType.System_String)
            ReportIfWithoutText(context, appending.Value);
    }

    private static void CheckConversion(OperationAnalysisContext context)
    {
        IConversionOperation conversion = (IConversionOperation)context.Operation;
        if (conversion.Type?.SpecialType != SpecialType.System_Object || conversion.Operand.Type is not { } type || BecomesText(conversion))
            return;
        if ((IsEnum(type) && !IsComparison(conversion)) || (IsArgumentOfText(conversion) && !HasText(type)))
            Report(context, conversion.Operand, type);
    }

    /// <summary>Whether the surrounding expression is looked at for itself.</summary>
    private static bool BecomesText(IConversionOperation conversion) =>
        conversion.Parent is IInterpolationOperation
        || (conversion.Parent is IBinaryOperation or ICompoundAssignmentOperation && conversion.Parent.Type?.SpecialType == SpecialType.System_String);

    /// <summary>Whether the value is only compared: <c>a.Equals(b)</c>.</summary>
    private static bool IsComparison(IConversionOperation value) =>
        value.Parent is IArgumentOperation { Parameter.ContainingSymbol.Name: nameof(Equals) };

    /// <summary>Whether the value is handed to a method that makes text of any object.</summary>
    private static bool IsArgumentOfText(IOperation value)
    {
        IOperation? at = value.Parent;
        while (at is IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation or IConversionOperation)
            at = at.Parent;
        return at is IArgumentOperation { Parameter.ContainingSymbol.ContainingType: { } type }
            && (type.SpecialType == SpecialType.System_String || type.ToDisplayString() is "System.Console" or "System.Text.StringBuilder");
    }

    private static void ReportIfWithoutText(OperationAnalysisContext context, IOperation? value)
    {
        while (value is IConversionOperation { IsImplicit: true } conversion)
            value = conversion.Operand;
        if (value?.Type is { } type && !HasText(type))
            Report(context, value, type);
    }

    private static void Report(OperationAnalysisContext context, IOperation value, ITypeSymbol type) =>
        context.ReportDiagnostic(Diagnostic.Create(Rules.Text, value.Syntax.GetLocation(), type.ToDisplayString()));

    private static bool IsEnum(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum
        || type.SpecialType == SpecialType.System_Enum
        || (type is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(IsEnum))
        || (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable && IsEnum(nullable.TypeArguments[0]));

    private static bool HasText(ITypeSymbol type)
    {
        if (IsEnum(type))
            return false;
        if (type.TypeKind is TypeKind.Array or TypeKind.Delegate || type.SpecialType == SpecialType.System_Array)
            return false;
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct) || type.SpecialType is SpecialType.System_Object or SpecialType.System_ValueType)
            return true;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            return HasText(nullable.TypeArguments[0]);
        // An abstract class or one that may be derived from leaves it to those that are.
        if (FindToString(type) is not { } method)
            return type.TypeKind == TypeKind.Class && !type.IsSealed;
        return !type.IsRecord || !method.IsImplicitlyDeclared || MembersHaveText(type);
    }

    /// <summary>Whether all that a record's own ToString shows has text.</summary>
    private static bool MembersHaveText(ITypeSymbol record) =>
        record.GetMembers().All(member => member switch
        {
            { IsStatic: true } => true,
            IFieldSymbol { DeclaredAccessibility: Accessibility.Public } field => SymbolEqualityComparer.Default.Equals(field.Type, record) || HasText(field.Type),
            IPropertySymbol { DeclaredAccessibility: Accessibility.Public, IsIndexer: false } property =>
                SymbolEqualityComparer.Default.Equals(property.Type, record) || HasText(property.Type),
            _ => true,
        });

    private static IMethodSymbol? FindToString(ITypeSymbol type)
    {
        for (ITypeSymbol? at = type; at is not null && at.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType); at = at.BaseType)
        {
            foreach (ISymbol member in at.GetMembers(nameof(ToString)))
            {
                if (member is IMethodSymbol { Parameters.Length: 0, IsOverride: true } method)
                    return method;
            }
        }

        return null;
    }
}
