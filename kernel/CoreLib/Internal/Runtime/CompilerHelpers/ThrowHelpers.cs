using System;
using Internal.TypeSystem;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>Where failed checks go, and calls that ilc could not compile. The names are ilc's.</summary>
/// <remarks>The second kind, from <see cref="ThrowBodyRemoved"/> to <see cref="ThrowAmbiguousMatchException"/>, must not be in an image at all:
/// the build looks for references to them (build/Guest.Sdk) and fails.</remarks>
internal static class ThrowHelpers
{
    private static void ThrowBodyRemoved() => throw new InvalidProgramException("a removed method was called");

    private static void ThrowFeatureBodyRemoved() => throw new InvalidProgramException("a removed feature was called");

    private static void ThrowInstanceBodyRemoved() => throw new InvalidProgramException("a method of a type without instances was called");

    private static void ThrowUnavailableType() => throw new TypeLoadException();

    private static void ThrowBadImageFormatException(ExceptionStringID id) => throw new InvalidProgramException("bad image format");

    private static void ThrowTypeLoadException(ExceptionStringID id, string className, string typeName) => throw new TypeLoadException(className);

    private static void ThrowTypeLoadExceptionWithArgument(ExceptionStringID id, string className, string typeName, string messageArg) =>
        throw new TypeLoadException(className);

    private static void ThrowMissingMethodException(ExceptionStringID id, string methodName) =>
        throw new InvalidProgramException(string.Concat("missing method: ", methodName));

    private static void ThrowMissingFieldException(ExceptionStringID id, string fieldName) =>
        throw new InvalidProgramException(string.Concat("missing field: ", fieldName));

    private static void ThrowFileNotFoundException(ExceptionStringID id, string fileName) =>
        throw new InvalidProgramException(string.Concat("missing file: ", fileName));

    private static void ThrowInvalidProgramException(ExceptionStringID id) => throw new InvalidProgramException();

    private static void ThrowInvalidProgramExceptionWithArgument(ExceptionStringID id, string methodName) =>
        throw new InvalidProgramException(methodName);

    private static void ThrowMarshalDirectiveException(ExceptionStringID id) => throw new InvalidProgramException("marshalling");

    private static void ThrowAmbiguousMatchException(ExceptionStringID id) => throw new InvalidProgramException("ambiguous match");

    private static void ThrowNotSupportedInlineArrayEqualsGetHashCode() =>
        throw new NotSupportedException("inline arrays are not compared or hashed");

    private static void ThrowNullReferenceException() => throw new NullReferenceException();

    private static void ThrowArgumentException() => throw new ArgumentException();

    private static void ThrowArgumentOutOfRangeException() => throw new ArgumentOutOfRangeException();

    private static void ThrowDivideByZeroException() => throw new DivideByZeroException();

    private static void ThrowIndexOutOfRangeException() => throw new IndexOutOfRangeException();

    private static void ThrowOverflowException() => throw new OverflowException();

    private static void ThrowPlatformNotSupportedException() => throw new PlatformNotSupportedException();

    private static void ThrowNotImplementedException() => throw new NotImplementedException();

    private static void ThrowNotSupportedException() => throw new NotSupportedException();

    private static void ThrowTypeNotSupportedException() => throw new NotSupportedException();

    private static void ThrowArrayTypeMismatchException() => throw new ArrayTypeMismatchException();

    private static void ThrowVerificationException(int offset) => throw new InvalidProgramException("verification failed");
}
