namespace Guest.CoreLib.Tests;

public class PanicTests
{
    private const int PanicExitCode = 101;

    [Theory]
    [InlineData("throw", "System.InvalidOperationException: as asked")]
    [InlineData("index", "System.IndexOutOfRangeException: Index was outside the bounds of the array.")]
    [InlineData("span", "System.IndexOutOfRangeException: Index was outside the bounds of the array.")]
    [InlineData("slice", "System.ArgumentOutOfRangeException: Specified argument was out of the range of valid values.")]
    [InlineData("overflow", "System.OverflowException: Arithmetic operation resulted in an overflow.")]
    [InlineData("cast", "System.InvalidCastException: Specified cast is not valid.")]
    [InlineData("unbox", "System.InvalidCastException: Specified cast is not valid.")]
    [InlineData("store", "System.ArrayTypeMismatchException: Attempted to access an element as a type incompatible with the array.")]
    [InlineData("memory", "System.OutOfMemoryException: no memory is left for new objects")]
    [InlineData("argument", "System.ArgumentNullException: Value cannot be null. (Parameter 'frame')")]
    [InlineData("range", "System.ArgumentOutOfRangeException: Specified argument was out of the range of valid values. (Parameter 'count')")]
    [InlineData("nullable", "System.InvalidOperationException: Nullable object must have a value.")]
    public void A_bug_ends_in_a_panic_that_names_it(string bug, string message)
    {
        (int exitCode, string[] lines) = LanguageChecksProgram.Run("panic", bug);
        Assert.Equal(["panic: " + message], lines);
        Assert.Equal(PanicExitCode, exitCode);
    }
}
